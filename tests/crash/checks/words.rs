//! What agents said: in the log as they said it, each word once and in its place.

use std::collections::HashMap;

use rusqlite::Connection;

/// What an agent said in one message, and where in the log it ended.
#[derive(Debug, Default)]
pub(crate) struct Said {
    text: String,
    last: i64,
}

/// What agents that were told to say something did not say so, or said after the end of their turn.
pub(crate) fn garbled(db: &Connection) -> Vec<String> {
    let said = said(db);
    let sql = "select coalesce(a.edited_prompt, a.prompt), e.seq from dispatches d
               join approvals a on a.id = d.approval_id
               join events e on e.session_id = d.session_id and e.type = 'prompt_dispatch_completed'
                    and e.payload ->> '$.dispatch.id' = d.id
               where d.state = 'succeeded' and coalesce(a.edited_prompt, a.prompt) like 'echo %'";
    let mut statement = db.prepare(sql).expect("the schema has these names");
    let mut rows = statement.query([]).expect("it runs");
    let mut found = Vec::new();
    while let Some(row) = rows.next().expect("a row") {
        let (prompt, end): (String, i64) =
            (row.get(0).expect("a text"), row.get(1).expect("a number"));
        let words = prompt.trim_start_matches("echo ");
        match said.get(words) {
            None => found.push(format!("nobody said {words:?}, and the turn ended at {end}")),
            Some(it) if it.last > end => {
                found.push(format!(
                    "{words:?} was said until {}, and the turn ended at {end}",
                    it.last
                ));
            }
            Some(_) => {}
        }
    }
    found
}

/// Whole messages by what they say; those that were told to be said are all unlike.
pub(crate) fn said(db: &Connection) -> HashMap<String, Said> {
    let sql = "select session_id || (payload ->> '$.notification.update.messageId') as message,
                      payload ->> '$.notification.update.content.text', seq
               from events where type = 'host_session_update' and message is not null order by session_id, seq";
    let mut statement = db.prepare(sql).expect("the schema has these names");
    let mut rows = statement.query([]).expect("it runs");
    let mut messages: HashMap<String, Said> = HashMap::new();
    while let Some(row) = rows.next().expect("a row") {
        let message = messages.entry(row.get(0).expect("an id")).or_default();
        message.text += &row.get::<_, String>(1).expect("a text");
        message.last = row.get(2).expect("a number");
    }
    messages.into_values().map(|said| (said.text.clone(), said)).collect()
}
