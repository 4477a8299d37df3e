//! The permission matrix of the contract, written out and compared cell by cell with the code.

mod routes;

use wardroom::domain::{Action, Mode, Right, Role, right};

/// What a cell of the contract's table says.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Is(Right),
    /// Only for those to whom the host granted `canDecide`.
    Granted,
}

const YES: Cell = Cell::Is(Right::Yes);
const NO: Cell = Cell::Is(Right::No);
const OWN: Cell = Cell::Is(Right::Own);
const WAITS: Cell = Cell::Is(Right::AfterApproval);

/// Action; host in any mode; collaborator in each mode; viewer in any mode.
#[rustfmt::skip]
const TABLE: [(Action, Cell, [Cell; 4], Cell); 8] = [
    //                   host  view_only comment_only prompt_with_approval prompt_direct  viewer
    (Action::Watch,      YES, [YES,     YES,         YES,                 YES],           YES),
    (Action::Comment,    YES, [NO,      YES,         YES,                 YES],           NO),
    (Action::Prompt,     YES, [NO,      NO,          WAITS,               YES],           NO),
    (Action::Suggest,    YES, [NO,      YES,         YES,                 YES],           NO),
    (Action::Decide,     YES, [Cell::Granted; 4],                                         NO),
    (Action::Withdraw,   OWN, [OWN; 4],                                                   OWN),
    (Action::StopTurn,   YES, [NO,      NO,          NO,                  OWN],           NO),
    (Action::Manage,     YES, [NO; 4],                                                    NO),
];

const MODES: [Mode; 4] =
    [Mode::ViewOnly, Mode::CommentOnly, Mode::PromptWithApproval, Mode::PromptDirect];

#[test]
fn every_cell_of_the_matrix_is_as_the_contract_has_it() {
    let mut cells = 0;
    for (action, host, collaborator, viewer) in TABLE {
        for (mode, of_collaborator) in MODES.into_iter().zip(collaborator) {
            for granted in [false, true] {
                for (role, cell) in [
                    (Role::Host, host),
                    (Role::Collaborator, of_collaborator),
                    (Role::Viewer, viewer),
                ] {
                    let expected = match cell {
                        Cell::Is(right) => right,
                        Cell::Granted if granted => Right::Yes,
                        Cell::Granted => Right::No,
                    };
                    let found = right(role, mode, granted, action);
                    assert_eq!(found, expected, "{role:?} {mode:?} {granted} {action:?}");
                    cells += 1;
                }
            }
        }
    }
    assert_eq!(cells, 8 * 4 * 2 * 3);
}
