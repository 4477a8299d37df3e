//! One layer over another, and what is said of mistakes.

use std::path::Path;

use super::*;

fn values(file: &str, variables: &[(&str, &str)]) -> Result<Values, ConfigError> {
    let mut values = Values::defaults()?;
    values.text(file, Path::new("config.toml"))?;
    let variable = |name: &str| {
        let found = variables.iter().find(|it| it.0 == name);
        found.map(|it| it.1.to_owned())
    };
    values.variables(variable)?;
    Ok(values)
}

fn config(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::new(&values(file, variables)?, PathBuf::new())
}

fn said(file: &str, variables: &[(&str, &str)]) -> String {
    config(file, variables).map_or_else(|error| error.to_string(), |_| "nothing is wrong".into())
}

#[test]
fn flags_win_over_variables_and_those_over_the_file() {
    let file = "listen = [\"127.0.0.1:1\"]\n[limits]\nstreams = 7\nprompts_a_minute = 8\n";
    let variables = [("WARDROOM_LIMITS_STREAMS", "9"), ("WARDROOM_LISTEN", "[::1]:2, 127.0.0.1:3")];
    let mut values = values(file, &variables).unwrap();
    values.flag("listen", "--listen", vec!["127.0.0.1:4"]);
    let config = Config::new(&values, PathBuf::new()).unwrap();
    assert_eq!(config.listen, ["127.0.0.1:4".parse().unwrap()]);
    assert_eq!((config.streams.all, config.rates.prompts), (9, 8));
    assert_eq!(config.sessions.minutes, 1440);
    assert_eq!(config.turn_limit, Duration::from_mins(30), "nobody has said anything");
    let origin = |name| values.all().find(|it| it.0.name == name).unwrap().2.to_string();
    let names = ["listen", "limits.streams", "limits.prompts_a_minute", "lan"];
    let origins = names.map(origin);
    assert_eq!(origins, ["--listen", "WARDROOM_LIMITS_STREAMS", "config.toml", "default"]);
}

#[test]
fn a_mistake_is_named_with_its_place_and_what_was_meant() {
    insta::assert_snapshot!(
        [
            said("lisen = []", &[]),
            said("[sessions]\nendles = true", &[]),
            said("[session]\nendless = true", &[]),
            said("[whatever]\nelse = 1", &[]),
            said("[sessions]\nendless = 1", &[]),
            said("[limits]\nstreams = -1", &[]),
            said("[sessions]\nexpires = \"30s\"", &[]),
            said("[sessions]\nexpires = \"2years\"", &[]),
            said("[agents.review]\ncomand = [\"x\"]", &[]),
            said("agents = 1", &[]),
            said("", &[("WARDROOM_LAN", "maybe")]),
            said("", &[("WARDROOM_LIMITS_STREAMS", "many")]),
            said("", &[("WARDROOM_TURN_LIMIT", "half an hour")]),
            said("trusted_proxies = [\"10.0.0.0/8\", \"proxy\"]", &[]),
            said("listen = [\"localhost\"]", &[]),
        ]
        .join("\n")
    );
}

#[test]
fn the_template_names_every_key_and_says_what_holds_without_it() {
    let text = template();
    assert!(values(&text, &[]).unwrap().agents.is_empty(), "everything is commented out");
    let is_setting =
        |line: &&str| line.starts_with('[') || line.contains(" = ") || line.starts_with("# [");
    let bare: Vec<_> =
        text.lines().filter(is_setting).map(|line| line.trim_start_matches("# ")).collect();
    let set = values(&bare.join("\n"), &[]).unwrap();
    let defaults = Values::defaults().unwrap();
    for ((key, value, origin), (_, default, _)) in set.all().zip(defaults.all()) {
        assert_eq!((value, origin), (default, &Origin::File("config.toml".into())), "{}", key.name);
    }
    assert_eq!(set.agents["review"].0.command, ["claude-agent-acp"]);
}

#[test]
fn the_local_network_is_answered_at_the_address_that_is_printed() {
    let config = |lan| Config { lan, insecure: true, ..Config::of(PathBuf::new()).unwrap() };
    let listen: Vec<SocketAddr> = vec!["0.0.0.0:7717".parse().unwrap()];
    let url = config(true).url(&listen);
    assert!(config(true).hosts(&listen).contains(&host_of(&url).unwrap()), "{url}");
    assert_eq!(config(false).url(&listen), "http://127.0.0.1:7717", "nobody else is let in");
}
