//! The permission matrix of the contract, written out and compared cell by cell with the code.

mod routes;

use wardroom::{
    Code,
    domain::{
        Action, Mode, Participant, ParticipantChanges, ParticipantId, Right, Role, SessionId,
        Timestamp, UserRef, right,
    },
};

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

const ROLES: [Role; 3] = [Role::Host, Role::Collaborator, Role::Viewer];

/// Every participant there can be, with every change that can be asked for: what comes of it.
#[test]
fn a_change_of_a_participant_never_makes_or_unmakes_a_host_nor_a_viewer_who_decides() {
    let wishes = [None, Some(false), Some(true)];
    let roles = [None].into_iter().chain(ROLES.map(Some)).collect::<Vec<_>>();
    let mut cells = 0;
    for (role, decides) in ROLES.into_iter().flat_map(|role| [(role, false), (role, true)]) {
        for (wished, wish) in roles.iter().flat_map(|role| wishes.map(|wish| (*role, wish))) {
            let before = participant(role, decides);
            let mut it = before.clone();
            let changed = it.change(ParticipantChanges { role: wished, can_decide: wish });
            let asked = format!("{role:?} {decides} → {wished:?} {wish:?}");
            cells += 1;
            match changed {
                Ok(false) => assert_eq!(it, before, "{asked}"),
                Ok(true) => {
                    assert!(role != Role::Host && it.role != Role::Host, "{asked}");
                    assert_eq!(it.role, wished.unwrap_or(role), "{asked}");
                    let granted = wish.unwrap_or(decides && it.role != Role::Viewer);
                    assert_eq!(it.can_decide, granted, "{asked}");
                    assert!(!(it.role == Role::Viewer && it.can_decide), "{asked}");
                    assert_ne!(it, before, "{asked}");
                }
                Err(error) => {
                    assert_eq!(it, before, "{asked}: what is refused changes nothing");
                    let code =
                        if role == Role::Host { Code::HostMustHandOver } else { Code::InvalidBody };
                    assert_eq!(error.code, code, "{asked}");
                    let is_viewer = wished.unwrap_or(role) == Role::Viewer;
                    let impossible = wished == Some(Role::Host) || is_viewer && wish == Some(true);
                    assert!(role == Role::Host || impossible, "{asked}");
                }
            }
        }
    }
    assert_eq!(cells, 3 * 2 * 4 * 3);
}

fn participant(role: Role, can_decide: bool) -> Participant {
    let id = ParticipantId::new();
    Participant {
        id,
        shared_session_id: SessionId::new(),
        user_id: UserRef::Guest(id),
        label: None,
        display_name: None,
        role,
        can_decide,
        joined_at: Timestamp::from_millis(0),
        left_at: None,
        left_reason: None,
        online: false,
    }
}
