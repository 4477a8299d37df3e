//! The command line as people and scripts use it: the real program, a real server, homes of their own.

mod accounts;
mod drafts;
mod exit_codes;
mod formats;
mod guests;
mod hostile;
mod hosts;
mod main_job;
mod said;
mod settings;
mod terminal;
mod usage;
mod waiting;
mod world;
