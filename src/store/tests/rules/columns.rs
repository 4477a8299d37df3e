//! Admins read the file: every table, view and column says what it is, in the schema that the file carries.

use super::{fixture, texts};

#[test]
fn every_table_and_view_says_what_it_is_and_every_column_what_it_holds() {
    let (_dir, conn) = fixture();
    let mut silent = Vec::new();
    let mut columns = 0;
    let names = "select name from sqlite_schema where type in ('table', 'view')
                 and name not like 'sqlite_%' and name <> 'refinery_schema_history'";
    for table in texts(&conn, names) {
        let sql = texts(&conn, &format!("select sql from sqlite_schema where name = '{table}'"))
            .remove(0);
        if !sql.lines().nth(1).unwrap().trim_start().starts_with("-- ") {
            silent.push(table.clone());
        }
        if table.starts_with("v_") {
            continue;
        }
        for column in texts(&conn, &format!("select name from pragma_table_info('{table}')")) {
            let line = sql.lines().find(|line| line.split_whitespace().next() == Some(&column));
            if !line.unwrap().contains(" -- ") {
                silent.push(format!("{table}.{column}"));
            }
            columns += 1;
        }
    }
    assert_eq!(silent, [""; 0]);
    assert!(columns > 200, "{columns} columns were found");
}

#[test]
fn what_may_be_absent_is_valid_json_also_to_older_tools() {
    let (_dir, conn) = fixture();
    let mut wrong = Vec::new();
    let names = "select name from sqlite_schema where type = 'table'";
    for table in texts(&conn, names) {
        let sql = texts(&conn, &format!("select sql from sqlite_schema where name = '{table}'"))
            .remove(0);
        let nullable =
            format!("select name from pragma_table_info('{table}') where \"notnull\" = 0");
        for column in texts(&conn, &nullable) {
            // To SQLite 3.40, which many systems have, json_valid(null) is 0: it would refuse to write the row.
            if sql.contains(&format!("check (json_valid({column}))")) {
                wrong.push(format!("{table}.{column}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}
