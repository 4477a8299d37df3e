//! The file: who may open it, what it holds, what stays readable of it.

mod starting;
