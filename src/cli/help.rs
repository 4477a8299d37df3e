//! What `--help` says besides the options.

/// Examples first: most people want one of these.
pub(super) const EXAMPLES: &str = "\
Team server for shared coding-agent sessions.

  wardroom                          start the server on this machine
  wardroom demo                     see how it goes: no key, no network
  wardroom share claude             share an agent that runs here
  wardroom join 'LINK'              take part in somebody's session
  wardroom inbox                    what waits for your decision
  wardroom approve apr_7f2c11       say yes
  wardroom prompt checkout 'run the tests' --wait && ./deploy.sh";

/// Under the options.
pub(super) const MORE: &str = "\
Exit codes:
  0 ok         4 not allowed, or not logged in      8 the agent failed, or wants a login
  1 failure    5 conflict: decided or closed        9 rejected
  2 usage      6 expired                           70 the storage failed    75 held by another
  3 not found  7 the server cannot be reached      74 the database is bad   78 configuration

An id may be the end of one; a session also part of its title, or a link.
Data goes to stdout, words to stderr.
No telemetry: nothing is sent anywhere but to the server you name.";

/// The order of the parts.
pub(super) const TEMPLATE: &str = "{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";
