//! A row of the result: pairs, their ratios, and what was aimed for.

use std::fmt;

/// What a row is measured against: for the first issue, and for the project.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// The more the better.
    AtLeast(f64, f64),
    /// The less the better.
    AtMost(f64, f64),
    /// The more the better, from the issue about hosts on.
    Project(f64),
    /// Told to be compared, without an aim.
    Told,
}

/// What was measured of one thing.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What A is, and what B is.
    pub(crate) about: String,
    /// The unit of A and B.
    pub(crate) unit: &'static str,
    pub(crate) pairs: Vec<(f64, f64)>,
    pub(crate) target: Target,
}

impl Target {
    /// What is said of a ratio.
    fn word(self, value: f64) -> &'static str {
        let is_met = match self {
            Self::AtLeast(least, _) | Self::Project(least) => value >= least,
            Self::AtMost(most, _) => value <= most,
            Self::Told => return "",
        };
        if is_met { ": met" } else { ": MISSED" }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(first, project) => write!(f, "≥ {first} (project ≥ {project})"),
            Self::AtMost(first, project) => write!(f, "≤ {first} (project ≤ {project})"),
            Self::Project(least) => write!(f, "≥ {least}"),
            Self::Told => f.write_str("none"),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratios: Vec<f64> = self.pairs.iter().map(|(a, b)| a / b).collect();
        let (least, middle, most) = spread(ratios.clone());
        let (_, a, _) = spread(self.pairs.iter().map(|pair| pair.0).collect());
        let (_, b, _) = spread(self.pairs.iter().map(|pair| pair.1).collect());
        let word = self.target.word(middle);
        writeln!(f, "{:<15} {}", self.name, self.about)?;
        writeln!(
            f,
            "  ratio {} – {} – {}   target {}{word}",
            short(least),
            short(middle),
            short(most),
            self.target
        )?;
        let list: Vec<String> = ratios.into_iter().map(short).collect();
        let unit = self.unit;
        writeln!(f, "  A {} {unit}, B {} {unit}   pairs {}", short(a), short(b), list.join(" "))
    }
}

/// Minimum, median and maximum.
pub(crate) fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = |n: usize| values.get(n).copied().unwrap_or(f64::NAN);
    (at(0), f64::midpoint(at(last / 2), at(last.div_ceil(2))), at(last))
}

/// Three digits, or all of those before the point.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.digits$}")
}
