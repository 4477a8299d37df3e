//! The file: who may open it, what it holds, what stays readable of it.

mod fixture;
mod old_files;
mod plans;
mod starting;
