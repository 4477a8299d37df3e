//! Hosts elsewhere: nothing but a network is between them and the server, and that breaks. Nothing is lost, nothing comes
//! twice, and what nobody can know is called so.

mod breaks;
mod machines;
mod names;
mod restarts;
