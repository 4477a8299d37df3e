//! Anybody does anything in any order, and a small model says what must come of it: each answer, each row, each event.
//!
//! A case that fails is shrunk to the fewest steps. Its seed is kept beside this file, and tried first the next time.
//! The cases are the same at each run; `PROPTEST_RNG_SEED=NUMBER` tries others.

mod driver;
mod hands;
mod lives;
mod people;
mod rules;
mod state;
mod steps;
mod turns;

use proptest::{
    strategy::{BoxedStrategy, Just, Strategy},
    test_runner::{Config, FileFailurePersistence, RngSeed},
};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use self::{
    driver::Driver,
    state::Model,
    steps::{Step, step},
};

/// How many cases each of the tests below tries: 256 in all. They are four so that they run side by side.
const CASES: u32 = 64;

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/model/regressions");

fn config() -> Config {
    let seeds = FileFailurePersistence::Direct(SEEDS);
    let set = Config::default();
    let seed = match set.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => 0,
    };
    Config {
        rng_seed: own_seed(seed),
        cases: CASES,
        failure_persistence: Some(Box::new(seeds)),
        max_shrink_iters: 400,
        ..set
    }
}

/// Another one for each of the tests below, whose names end with their numbers.
fn own_seed(seed: u64) -> RngSeed {
    let name = std::thread::current().name().map(str::to_owned).unwrap_or_default();
    let number = name.bytes().last().unwrap_or_default();
    RngSeed::Fixed(seed.wrapping_mul(256).wrapping_add(number.into()))
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        step()
    }

    fn apply(model: Self, step: &Step) -> Self {
        model.after(step)
    }
}

impl StateMachineTest for Driver {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        Self::start()
    }

    fn apply(mut driver: Self, model: &Model, _: Step) -> Self {
        driver.follow(model);
        driver
    }

    fn check_invariants(driver: &Self, model: &Model) {
        driver.compare(model);
    }

    fn teardown(driver: Self, _: Model) {
        driver.end();
    }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_done_the_model_knows_what_comes_of_it_1(sequential 50 => Driver);

    #[test]
    fn whatever_is_done_the_model_knows_what_comes_of_it_2(sequential 50 => Driver);

    #[test]
    fn whatever_is_done_the_model_knows_what_comes_of_it_3(sequential 50 => Driver);

    #[test]
    fn whatever_is_done_the_model_knows_what_comes_of_it_4(sequential 50 => Driver);
}
