//! Everybody at once: two yeses, a no, its author's second thoughts, its deadline, the end of the session. One of them
//! wins, all learn the same, and the prompt goes to the agent exactly if it was approved.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet, time::timeout};
use wardroom::{
    Code,
    app::{App, Caller},
    config::{Config, Rates},
    domain::{AgentSessionId, Approval, ApprovalId, ApprovalStatus, Clock, SessionId},
    server::Server,
    store,
};

use crate::{
    checks::invariants,
    dice::Dice,
    settings::{limit, setting},
    world::World,
};

/// Longer than an approval lives.
const TOO_LATE: Duration = Duration::from_hours(25);

/// Somebody, or something, that wants to end an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Contender {
    Yes,
    YesWithAnEdit,
    No,
    Withdrawal,
    Deadline,
    End,
    /// Decides nothing: the prompt of an author who left waits on.
    Leaving,
}

use Contender::{Deadline, End, Leaving, No, Withdrawal, Yes, YesWithAnEdit};

const OTHERS: [Contender; 8] = [Yes, Yes, YesWithAnEdit, No, Withdrawal, Deadline, End, Leaving];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_decides_at_the_same_time_one_of_them_wins() {
    let rounds = setting("ROUNDS", 500);
    timeout(limit(rounds, Duration::from_secs(1)), story(rounds)).await.expect("in time");
}

async fn story(rounds: usize) {
    let (mut world, mut dice, begun) = (World::new(), Dice::of("races"), Instant::now());
    let clock = Clock::manual(Clock::System.now());
    let server = serve(&world, clock.clone()).await;
    world.start_host();
    world.host_connected().await;
    let mut place = Place::new(&server.app, clock).await;
    let mut db = Connection::open(world.database()).expect("the file opens");
    let mut winners: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..rounds {
        let mut contenders = vec![Yes];
        for _ in 0..=dice.below(4) {
            contenders.push(OTHERS[dice.below(OTHERS.len())]);
        }
        let (id, outcomes) = place.race(n, &contenders).await;
        let approval = place.app.approval(&place.host, id).await.expect("it is there");
        check(&mut db, &approval, &outcomes);
        *winners.entry(format!("{:?}", approval.status)).or_default() += 1;
        if contenders.contains(&End) {
            place.share().await;
        } else if contenders.contains(&Leaving) || contenders.contains(&Deadline) {
            place.invite_author().await;
        }
    }
    let findings = store::verify(&world.database()).expect("the file can be read");
    assert!(findings.is_empty(), "{findings:?}");
    let broken = invariants::broken(&db, true);
    assert!(broken.is_empty(), "{broken:?}");
    server.stop().await;
    eprintln!("{rounds} races in {:?}: {winners:?}; one winner each", begun.elapsed());
}

/// A server in this process, so that its clock is ours.
async fn serve(world: &World, clock: Clock) -> Server {
    let defaults = Config::of(world.path("")).expect("defaults hold");
    let config = Config {
        listen: vec!["127.0.0.1:0".parse().expect("an address")],
        local_host: false,
        rates: Rates {
            prompts: 0,
            pending_of_author: u32::MAX,
            pending_of_session: u32::MAX,
            ..defaults.rates
        },
        ..defaults
    };
    Server::start(config, clock).await.expect("it starts")
}

/// What came of somebody's try.
type Outcome = (Contender, Result<Option<Approval>, Code>);

/// Where the races are run.
struct Place {
    app: App,
    clock: Clock,
    host: Caller,
    agent: AgentSessionId,
    session: SessionId,
    invite: String,
    author: Caller,
}

impl Place {
    async fn new(app: &App, clock: Clock) -> Self {
        let host = app.local_caller().await.expect("there is one");
        let agent = read(json!({ "agent": "demo" }));
        let agent = app.create_agent_session(&host, agent, None).await.expect("made").value.id;
        let (session, author) = (SessionId::new(), host.clone());
        let (app, invite) = (app.clone(), String::new());
        let mut place = Self { app, clock, host, agent, session, invite, author };
        place.share().await;
        place
    }

    /// Begins a session.
    async fn share(&mut self) {
        let new = json!({ "hostSessionId": self.agent, "expiresInMinutes": 525_600,
                          "invite": { "maxUses": 10_000, "expiresInMinutes": 43_200 } });
        let opened = self.app.create_session(&self.host, read(new), None).await.expect("made");
        (self.session, self.invite) =
            (opened.value.session.id, opened.value.invite_token.expose().to_owned());
        self.invite_author().await;
    }

    /// Lets somebody in who prompts; into a new session, when the invite has become too old.
    async fn invite_author(&mut self) {
        let request = read(json!({ "inviteToken": self.invite }));
        match self.app.join(None, self.session, request, None, None).await {
            Ok(joined) => {
                let token = joined.value.access_token.expect("a token");
                self.author = self.app.authenticate(&token).await.expect("somebody");
            }
            Err(error) => {
                assert_eq!(error.code, Code::InviteExpired, "{error}");
                self.app.close_session(&self.host, self.session).await.expect("closed");
                Box::pin(self.share()).await;
            }
        }
    }

    /// A prompt, and everybody at it at the same moment.
    async fn race(&self, n: usize, contenders: &[Contender]) -> (ApprovalId, Vec<Outcome>) {
        let text = format!("echo race {n}");
        let sent = self.app.submit_prompt(&self.author, self.session, &text, None).await;
        let approval = sent.expect("it waits").value;
        assert_eq!(approval.status, ApprovalStatus::Pending);
        let (barrier, mut racing) = (Arc::new(Barrier::new(contenders.len())), JoinSet::new());
        for contender in contenders.iter().copied() {
            let tries = contender.tries(self, approval.id, format!("{text} edited"));
            let barrier = barrier.clone();
            racing.spawn(async move {
                barrier.wait().await;
                (contender, tries.await.map_err(|error| error.code))
            });
        }
        (approval.id, racing.join_all().await)
    }
}

impl Contender {
    fn tries(
        self,
        at: &Place,
        id: ApprovalId,
        edited: String,
    ) -> impl Future<Output = wardroom::Result<Option<Approval>>> + Send + 'static {
        let (app, session, clock) = (at.app.clone(), at.session, at.clock.clone());
        let (host, author) = (at.host.clone(), at.author.clone());
        async move {
            let decide = async |decision: Value| {
                let decided = app.decide(&host, Some(session), id, read(decision), None).await;
                decided.map(|it| Some(it.value))
            };
            match self {
                Yes => decide(json!({ "action": "approve" })).await,
                YesWithAnEdit => {
                    decide(json!({ "action": "approve", "editedPrompt": edited })).await
                }
                No => decide(json!({ "action": "reject" })).await,
                Withdrawal => app.withdraw(&author, session, id).await.map(Some),
                Deadline => {
                    clock.advance(TOO_LATE);
                    app.sweep().await.map(|()| None)
                }
                End => app.close_session(&host, session).await.map(|_| None),
                Leaving => app.leave(&author, session, false).await.map(|_| None),
            }
        }
    }
}

/// One has won, those who wanted the same were told so, the others were not; there is a dispatch exactly for a yes.
fn check(db: &mut Connection, approval: &Approval, outcomes: &[Outcome]) {
    let story = || format!("{:?} of {outcomes:?}", approval.status);
    let told: Vec<_> = outcomes
        .iter()
        .filter_map(|(who, outcome)| Some((*who, outcome.as_ref().ok()?.as_ref()?)))
        .collect();
    let winner = match approval.status {
        // It was approved, whatever came of it.
        ApprovalStatus::Approved | ApprovalStatus::Failed if approval.edited_prompt.is_some() => {
            Some(YesWithAnEdit)
        }
        ApprovalStatus::Approved | ApprovalStatus::Failed => Some(Yes),
        ApprovalStatus::Rejected => Some(No),
        ApprovalStatus::Withdrawn => Some(Withdrawal),
        ApprovalStatus::Expired => None,
        ApprovalStatus::Pending => panic!("nobody has won: {}", story()),
    };
    assert_eq!(told.is_empty(), winner.is_none(), "who won was told so: {}", story());
    assert!(told.iter().all(|(who, _)| Some(*who) == winner), "nobody else was: {}", story());
    for (who, outcome) in outcomes {
        let is_fair = match outcome {
            Ok(_) => true,
            Err(Code::ApprovalAlreadyResolved | Code::SessionInactive) => *who != Deadline,
            Err(Code::ParticipantInactive) => matches!(who, Withdrawal | Leaving),
            Err(_) => false,
        };
        assert!(is_fair, "{who:?} was told the truth: {}", story());
    }
    let count = |sql: &str| -> i64 {
        let mut statement = db.prepare_cached(sql).expect("the schema has these names");
        statement.query_row([approval.id.to_string()], |row| row.get(0)).expect("it runs")
    };
    let dispatches = count("select count(*) from dispatches where approval_id = ?1");
    let is_yes = matches!(winner, Some(Yes | YesWithAnEdit));
    assert_eq!(dispatches, i64::from(is_yes), "a dispatch exactly for a yes: {}", story());
    let ends = count(
        "select count(*) from events where payload ->> '$.approval.id' = ?1
         and type in ('prompt_approved', 'prompt_rejected', 'approval_expired', 'approval_withdrawn')",
    );
    assert_eq!(ends, 1, "one event says so: {}", story());
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("this is how it is asked for")
}
