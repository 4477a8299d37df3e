//! The command line as people and scripts use it: the real program, a real server, homes of their own.

mod accounts;
mod configuration;
mod docs;
mod drafts;
mod exit_codes;
mod formats;
mod guests;
mod hostile;
mod hosts;
mod live_cards;
mod live_line;
mod live_screen;
mod live_texts;
mod lives;
mod main_job;
mod pager;
mod pty;
mod restarting;
mod resuming;
mod said;
mod settings;
mod stopping;
mod terminal;
mod usage;
mod waiting;
mod world;
