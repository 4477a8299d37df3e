//! What somebody may do next: a blind choice, of which the model works out whom and what it hits.

use proptest::{
    prelude::{Just, any},
    prop_oneof,
    strategy::{BoxedStrategy, Strategy},
};

/// Somebody does something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) act: Act,
    pub(super) who: Who,
    /// In which session, counted from the newest.
    pub(super) at: usize,
    /// With which of the things that the act is about, counted from the newest.
    pub(super) it: usize,
    /// Whether the thing may be one of another session.
    pub(super) astray: bool,
    /// Whether an approval or a dispatch is one that is not over.
    pub(super) open: bool,
}

/// Who does it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// The host of the session.
    Host,
    /// Somebody else of the session.
    Member(usize),
    /// Anybody, also of another session, also who is gone.
    Anybody(usize),
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Act {
    Comment,
    Prompt,
    Decide {
        yes: bool,
        edit: bool,
    },
    Suggest {
        yes: bool,
    },
    Withdraw,
    /// Gives an approval more time.
    Extend {
        minutes: u64,
    },
    /// Hana, or the host process of her agents, offers a draft of two artifacts.
    Offer {
        host: bool,
    },
    /// What one may say of an artifact: `approve`, `reject`, `discuss`; beyond the second there is none.
    Judge {
        word: &'static str,
        part: usize,
    },
    /// The life of an agent session goes on otherwise.
    Live {
        life: &'static str,
        stop: bool,
    },
    /// Without a credential, or with Hana's account.
    Join {
        account: bool,
    },
    Invite {
        role: &'static str,
        uses: u64,
    },
    Revoke,
    Leave {
        close: bool,
    },
    Remove,
    Change {
        role: Option<&'static str>,
        decides: Option<bool>,
    },
    HandOver,
    Mode(&'static str),
    Close,
    /// Hana shares one of her two agents.
    Share {
        mode: &'static str,
    },
    /// What one may do to a dispatch: `cancel`, `retry`, `mark_done`, `drop`.
    Dispatch(&'static str),
    /// The agent of a running turn asks for leave, or what it wants to know.
    Ask {
        question: bool,
    },
    /// The host process reports how a running turn ended.
    End(&'static str),
    /// The host process is killed, and another one comes.
    Lose,
    /// Time passes, and the sweeper comes by or does not.
    Pass {
        minutes: u64,
        swept: bool,
    },
    /// The server is killed and started again.
    Restart,
    /// An earlier request is sent again by its key, with the same body or another.
    Again {
        same: bool,
    },
    /// What came of a step that hits nothing.
    Nothing,
}

pub(super) const MODES: [&str; 4] =
    ["prompt_with_approval", "prompt_direct", "comment_only", "view_only"];

fn mode() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just(MODES[0]), 2 => Just(MODES[1]), 1 => Just(MODES[2]), 1 => Just(MODES[3])]
}

fn act() -> BoxedStrategy<Act> {
    let words = |some: [&'static str; 3]| proptest::sample::select(some.to_vec());
    let roles = || proptest::sample::select(vec!["collaborator", "viewer"]);
    let role = prop_oneof![3 => Just("collaborator"), 1 => Just("viewer")];
    let dispatch = proptest::sample::select(vec!["cancel", "retry", "mark_done", "drop"]);
    let part = prop_oneof![8 => 0..2_usize, 1 => Just(2)];
    let life = prop_oneof![9 => Just("paused"), 9 => Just("active"), 1 => Just("completed"), 1 => Just("aborted")];
    let minutes = proptest::sample::select(vec![1, 1, 61, 61, 1500]);
    prop_oneof![
        6 => Just(Act::Comment),
        16 => Just(Act::Prompt),
        14 => (any::<bool>(), any::<bool>()).prop_map(|(yes, edit)| Act::Decide { yes, edit }),
        5 => any::<bool>().prop_map(|yes| Act::Suggest { yes }),
        4 => Just(Act::Withdraw),
        3 => proptest::sample::select(vec![30, 2000]).prop_map(|minutes| Act::Extend { minutes }),
        4 => any::<bool>().prop_map(|host| Act::Offer { host }),
        9 => (words(["approve", "reject", "discuss"]), part).prop_map(|(word, part)| Act::Judge { word, part }),
        5 => (life, any::<bool>()).prop_map(|(life, stop)| Act::Live { life, stop: stop && life == "paused" }),
        10 => proptest::bool::weighted(0.2).prop_map(|account| Act::Join { account }),
        4 => (role, 1..=2_u64).prop_map(|(role, uses)| Act::Invite { role, uses }),
        1 => Just(Act::Revoke),
        2 => proptest::bool::weighted(0.2).prop_map(|close| Act::Leave { close }),
        1 => Just(Act::Remove),
        4 => (proptest::option::of(roles()), proptest::option::of(any::<bool>()))
            .prop_map(|(role, decides)| Act::Change { role, decides }),
        2 => Just(Act::HandOver),
        3 => mode().prop_map(Act::Mode),
        1 => Just(Act::Close),
        3 => mode().prop_map(|mode| Act::Share { mode }),
        6 => dispatch.prop_map(Act::Dispatch),
        5 => any::<bool>().prop_map(|question| Act::Ask { question }),
        8 => words(["succeeded", "failed", "cancelled"]).prop_map(Act::End),
        2 => Just(Act::Lose),
        3 => (minutes, proptest::bool::weighted(0.6))
            .prop_map(|(minutes, swept)| Act::Pass { minutes, swept }),
        2 => Just(Act::Restart),
        6 => proptest::bool::weighted(0.8).prop_map(|same| Act::Again { same }),
    ]
    .boxed()
}

/// Any step.
pub(super) fn step() -> BoxedStrategy<Step> {
    let who = prop_oneof![
        3 => Just(Who::Host),
        6 => (0..6_usize).prop_map(Who::Member),
        1 => (0..12_usize).prop_map(Who::Anybody),
    ];
    let at = prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => 2..4_usize];
    let it = prop_oneof![5 => Just(0_usize), 3 => Just(1), 2 => 2..9_usize];
    let (astray, open) = (proptest::bool::weighted(0.05), proptest::bool::weighted(0.8));
    (act(), who, at, it, astray, open)
        .prop_map(|(act, who, at, it, astray, open)| Step { act, who, at, it, astray, open })
        .boxed()
}
