// Made by tests/browser/types/make.js: npm run types
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What there is to know of something that a program asks, besides what it says itself. */
        ActionFacts: {
            agent: components["schemas"]["Agent"] | null;
            /** @description The name of whose program asks. */
            askedBy: string | null;
            /** @description The names of who may decide besides admins, as far as the caller may know them. */
            deciders: string[];
            host: components["schemas"]["Host"] | null;
            /** @description Why the caller may not decide; absent: they may. */
            refused: string | null;
            /** @description The name of who told the host what they would choose. */
            requestedBy: string | null;
            /** @description The name of who decided, if they have an account. */
            resolvedBy: string | null;
        };
        /**
         * Format: uuid
         * @description Identifies one call of a tool.
         */
        ActionId: string;
        /** @description What there is room for at the hosts, and what goes on. */
        AdmissionState: {
            /** @description Starts of agents. */
            agentStarts: components["schemas"]["Occupancy"];
            /** @description Calls of tools. */
            toolCalls: components["schemas"]["Occupancy"];
        };
        /** @description What a host can start, or registered. */
        Agent: {
            /** @description What it can do. */
            capabilities: string[];
            /** @description What it says it does. */
            currentTask: string | null;
            /** @description One line about it. */
            description: string;
            /** @description How to show it. */
            display: components["schemas"]["Display"];
            /** @description Where it runs. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["AgentId"];
            /** @description `acp`, or what its host calls it. */
            kind: string;
            /** @description What its host adds. */
            metadata: unknown;
            /** @description Its name at its host. */
            name: string;
            /**
             * Format: int32
             * @description Its process there.
             */
            pid: number | null;
            /** @description What it works on, in its host's word. */
            project: string | null;
            /** @description What it is doing. */
            status: components["schemas"]["AgentState"];
            /** @description When it changed last. */
            updatedAt: components["schemas"]["Timestamp"];
        };
        /**
         * Format: uuid
         * @description Identifies an [`Agent`](super::Agent) in the registry.
         */
        AgentId: string;
        AgentList: {
            agents: components["schemas"]["Agent"][];
            nextCursor: string | null;
        };
        /** @description What the agent's process wrote, where its owner lets others see it. */
        AgentOutputEvent: {
            /** @description What the agent's process wrote, where its owner lets others see it. */
            payload: {
                content: string;
                stream: components["schemas"]["OutputStream"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "agent_output";
        };
        /** @description An agent was registered, or changed. */
        AgentRegisteredHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "agent.registered";
            /** @description For people. */
            message: string | null;
            /** @description An agent was registered, or changed. */
            payload: {
                /** @description The agent. */
                agent: components["schemas"]["Agent"];
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description One conversation with one agent at one host. */
        AgentSession: {
            /** @description The agent's name at its host. */
            agent: string;
            /** @description What the agent calls itself. */
            agentName: string | null;
            /** @description Whether its session may see what its agent's process writes. */
            agentOutput: boolean;
            /** @description Its version. */
            agentVersion: string | null;
            /** @description Whether people may prompt it; else they comment and decide. */
            allowHumanInput: boolean;
            /** @description What the agent can do besides prompting. */
            capabilities: string[];
            /** @description Where it was made. */
            channel: components["schemas"]["Channel"];
            /** @description Whether it is completed as soon as its queue is empty, and takes no prompts until then. */
            completing: boolean;
            /** @description When it was made. */
            createdAt: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description How long it has lived, without pauses.
             */
            elapsedSeconds: number;
            endedAt: components["schemas"]["Timestamp"] | null;
            /** @description Where the agent works. */
            folder: string | null;
            /** @description What it works towards, in the caller's words. */
            goalId: string | null;
            /** @description Where it runs. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["AgentSessionId"];
            /** @description When anything happened in it last. */
            lastActivityAt: components["schemas"]["Timestamp"];
            /** @description Where it is in its life. */
            life: components["schemas"]["Life"];
            lifeChange: components["schemas"]["LifeChange"] | null;
            /** @description What it is doing. */
            status: components["schemas"]["AgentSessionStatus"];
            /** @description What people call it. */
            title: string | null;
        };
        AgentSessionAnswer: {
            agentSession: components["schemas"]["AgentSession"];
        };
        /** @description An agent session as its owner sees it. */
        AgentSessionDetails: components["schemas"]["AgentSession"] & {
            /**
             * Format: int64
             * @description How its agent ended last.
             */
            exitCode: number | null;
            /**
             * Format: int64
             * @description How long its agent may be idle before its process is closed; absent: for ever.
             */
            idleTimeoutSeconds: number | null;
            sharedSessionId: components["schemas"]["SessionId"] | null;
            /** @description The end of what its agent wrote to stderr then. */
            stderr: string | null;
        };
        /**
         * Format: uuid
         * @description Identifies an [`AgentSession`](super::AgentSession).
         */
        AgentSessionId: string;
        AgentSessionList: {
            agentSessions: components["schemas"]["AgentSession"][];
            nextCursor: string | null;
        };
        /**
         * @description What an agent session is doing.
         * @enum {string}
         */
        AgentSessionStatus: "idle" | "running" | "waiting_for_approval" | "needs_login" | "errored" | "stopped" | "away";
        /** @description The agent session changed its life or status. */
        AgentSessionUpdatedEvent: {
            /** @description The agent session changed its life or status. */
            payload: {
                agentSession: components["schemas"]["AgentSession"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "agent_session_updated";
        };
        /**
         * @description What a registered agent is doing.
         * @enum {string}
         */
        AgentState: "idle" | "running" | "waiting_for_approval" | "paused" | "completed" | "errored" | "stopped";
        /** @description It does something else. */
        AgentStatusChangedHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "agent.status_changed";
            /** @description For people. */
            message: string | null;
            /** @description It does something else. */
            payload: {
                /** @description The agent. */
                agent: components["schemas"]["Agent"];
                /** @description What it did before. */
                former: components["schemas"]["AgentState"];
                /** @description What its host says besides. */
                payload: unknown;
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description It is gone. */
        AgentUnregisteredHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "agent.unregistered";
            /** @description For people. */
            message: string | null;
            /** @description It is gone. */
            payload: {
                /** @description The agent, as it was last. */
                agent: components["schemas"]["Agent"];
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /**
         * @description What a message is about.
         * @example {
         *       "seq": 17
         *     }
         */
        Anchor: {
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
        } | {
            /**
             * Format: int32
             * @description The line, from 1.
             */
            line?: number | null;
            /** @description The file. */
            path?: string | null;
            /** @description The agent's id of the call. */
            toolCallId: string;
        };
        /** @description A request for a human decision. */
        Approval: {
            /** @description What is asked, in one line. */
            action: string;
            agentId: components["schemas"]["AgentId"] | null;
            agentSessionId: components["schemas"]["AgentSessionId"] | null;
            /** @description The answer to a question. */
            answer: unknown;
            askedByUserId: components["schemas"]["UserId"] | null;
            /** @description When it was asked. */
            createdAt: components["schemas"]["Timestamp"];
            deliveredAt: components["schemas"]["Timestamp"] | null;
            /** @description What the asker sent, whole. */
            details: unknown;
            /** @description SHA-256, in hex, of what the approver is shown: [`shown_digest`]. */
            digest: string;
            dispatch: components["schemas"]["Dispatch"] | null;
            draft: components["schemas"]["Draft"] | null;
            /** @description What the approver made of the prompt; both texts are kept. */
            editedPrompt: string | null;
            /** @description Why the dispatch failed. */
            errorMessage: string | null;
            expiresAt: components["schemas"]["Timestamp"] | null;
            hostId: components["schemas"]["HostId"] | null;
            /** @description Identifier. */
            id: components["schemas"]["ApprovalId"];
            /** @description What kind of thing is asked. */
            kind: components["schemas"]["ApprovalKind"];
            /** @description Which of the options. */
            optionId: string | null;
            /** @description The answers that are offered, in the asker's order. */
            options: components["schemas"]["ApprovalOption"][];
            participantId: components["schemas"]["ParticipantId"] | null;
            /** @description The text of a prompt. */
            prompt: string | null;
            /** @description Why, in the words of who decided, or of the server. */
            reason: string | null;
            resolvedAt: components["schemas"]["Timestamp"] | null;
            resolvedByParticipantId: components["schemas"]["ParticipantId"] | null;
            resolvedByUserId: components["schemas"]["UserId"] | null;
            resolveRequest: components["schemas"]["ResolveRequest"] | null;
            sharedSessionId: components["schemas"]["SessionId"] | null;
            /** @description Where it is in its life. */
            status: components["schemas"]["ApprovalStatus"];
            /** @description What those who may not decide say. */
            suggestions: components["schemas"]["Suggestion"][];
            /** @description Whether people decide, and not the host that asks; action only. */
            systemLevel: boolean;
        };
        /** @description One approval. */
        ApprovalAnswer: {
            /** @description As it is now. */
            approval: components["schemas"]["Approval"];
        };
        /** @description Nobody answered in time, or what asked is gone. */
        ApprovalExpiredEvent: {
            /** @description Nobody answered in time, or what asked is gone. */
            payload: {
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "approval_expired";
        };
        /** @description It waits longer. */
        ApprovalExtendedEvent: {
            /** @description It waits longer. */
            payload: {
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "approval_extended";
        };
        /**
         * Format: uuid
         * @description Identifies an [`Approval`](super::Approval).
         */
        ApprovalId: string;
        /**
         * @description What kind of thing is asked.
         * @enum {string}
         */
        ApprovalKind: "prompt" | "permission" | "question" | "action" | "draft";
        ApprovalList: {
            approvals: components["schemas"]["Approval"][];
            nextCursor: string | null;
        };
        /** @description One of the answers that are offered. */
        ApprovalOption: {
            /** @description The asker's own id for it. */
            id: string;
            /**
             * @description What it means.
             * @example allow_once
             */
            kind: string;
            /** @description The asker's own label. */
            label: string;
        };
        /** @description An agent asks. */
        ApprovalRequestedEvent: {
            /** @description An agent asks. */
            payload: {
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "approval_requested";
        };
        /** @description A program asks. */
        ApprovalRequestedHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "approval.requested";
            /** @description For people. */
            message: string | null;
            /** @description A program asks. */
            payload: {
                /** @description What. */
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description It was answered. */
        ApprovalResolvedEvent: {
            /** @description It was answered. */
            payload: {
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "approval_resolved";
        };
        /** @description It was answered, or ended without an answer. */
        ApprovalResolvedHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "approval.resolved";
            /** @description For people. */
            message: string | null;
            /** @description It was answered, or ended without an answer. */
            payload: {
                /** @description With how it ended. */
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A person told the host that decides what they would choose. */
        ApprovalResolveRequestedHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "approval.resolve_requested";
            /** @description For people. */
            message: string | null;
            /** @description A person told the host that decides what they would choose. */
            payload: {
                /** @description With what they said. */
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description One approval, and what there is to know of it. */
        ApprovalShown: {
            /** @description As it is now. */
            approval: components["schemas"]["Approval"];
            facts: components["schemas"]["ActionFacts"] | null;
        };
        /**
         * @description Where an approval is in its life.
         * @enum {string}
         */
        ApprovalStatus: "pending" | "approved" | "rejected" | "expired" | "withdrawn" | "failed";
        /** @description Somebody said what they would do. */
        ApprovalSuggestedEvent: {
            /** @description Somebody said what they would do. */
            payload: {
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "approval_suggested";
        };
        /** @description Its author took it back. */
        ApprovalWithdrawnEvent: {
            /** @description Its author took it back. */
            payload: {
                approval: components["schemas"]["Approval"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "approval_withdrawn";
        };
        /** @description Something in a draft, and what was said about it. */
        Artifact: {
            decidedAt: components["schemas"]["Timestamp"] | null;
            decidedBy: components["schemas"]["ParticipantId"] | null;
            decision: components["schemas"]["ArtifactDecision"] | null;
            /** @description The change, as a unified diff; null where drafts are listed: the whole is at the approval's own address. */
            diff: string | null;
            /** @description How long the diff is, in bytes. */
            diffBytes: number;
            /** @description Why. */
            reason: string | null;
            /** @description One line about it. */
            summary: string;
            /** @description What it is. */
            uri: string;
        };
        /** @description Somebody said something about one artifact of a draft. */
        ArtifactDecidedEvent: {
            /** @description Somebody said something about one artifact of a draft. */
            payload: {
                approvalId: components["schemas"]["ApprovalId"];
                artifact: components["schemas"]["Artifact"];
                draftId: components["schemas"]["DraftId"];
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "artifact_decided";
        };
        /**
         * @description What somebody says about an artifact.
         * @enum {string}
         */
        ArtifactDecision: "approved" | "rejected" | "discuss";
        /** @description What asking came to. */
        AskAnswer: {
            /** @description Whether somebody can decide it now. */
            answerable: boolean;
            approval: components["schemas"]["Approval"];
            /** @description What was answered, as the program that asked is told. */
            resolution: components["schemas"]["Resolution"];
        };
        /**
         * @description How the life of an agent session is to go on.
         * @example {
         *       "life": "paused",
         *       "reason": "back after lunch"
         *     }
         */
        ChangeLife: {
            /** @description From where. */
            channel?: components["schemas"]["Channel"];
            /** @description As what. Completed: as soon as its queue is empty. */
            life: components["schemas"]["Life"];
            /** @description Why. */
            reason?: string | null;
            /** @description With `paused`: whether a running turn is stopped too. */
            stopTurn?: boolean;
        };
        /**
         * @description Where something was made.
         * @enum {string}
         */
        Channel: "page" | "cli" | "api" | "editor";
        Closed: {
            closed: boolean;
            session: components["schemas"]["SessionBody"];
        };
        /**
         * @description A stable word for what went wrong: part of the public contract, never renamed.
         * @enum {string}
         */
        Code: "MISSING_HOST_SESSION_ID" | "EMPTY_MESSAGE" | "EMPTY_PROMPT" | "INVALID_ACTION" | "INVALID_OPTION" | "INVALID_EXPIRY" | "INVALID_CURSOR" | "INVALID_BODY" | "TOKEN_IN_URL" | "TEXT_NOT_ALLOWED" | "MISSING_IDEMPOTENCY_KEY" | "UNAUTHENTICATED" | "HOST_REQUIRED" | "INVALID_INVITE_TOKEN" | "INVITE_EXPIRED" | "INVITE_USED_UP" | "INVITE_REVOKED" | "INVALID_PARTICIPANT_TOKEN" | "COMMENT_NOT_ALLOWED" | "PROMPT_NOT_ALLOWED" | "DECISION_NOT_ALLOWED" | "ADMIN_REQUIRED" | "SESSION_NOT_FOUND" | "PARTICIPANT_NOT_FOUND" | "APPROVAL_NOT_FOUND" | "HOST_SESSION_NOT_FOUND" | "NOT_FOUND" | "SESSION_INACTIVE" | "PARTICIPANT_INACTIVE" | "APPROVAL_ALREADY_RESOLVED" | "DIGEST_MISMATCH" | "DISPATCH_NOT_UNKNOWN" | "AGENT_UNAVAILABLE" | "HOST_MUST_HAND_OVER" | "ILLEGAL_TRANSITION" | "ALREADY_SHARED" | "NOT_SHARED" | "TOKEN_ALREADY_USED" | "METHOD_NOT_ALLOWED" | "TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "WRONG_HOST" | "IDEMPOTENCY_MISMATCH" | "RATE_LIMITED" | "INTERNAL" | "BUSY" | "DISK_FULL";
        /** @description The stream lives: the first frame. */
        ConnectedFrame: {
            /** @description The stream lives: the first frame. */
            payload: Record<string, never>;
            /** @enum {string} */
            type: "connected";
        };
        Created: {
            hostParticipant: components["schemas"]["ParticipantBody"];
            /** @description The secret of the invite that was made with it; shown this once. */
            inviteToken: string;
            session: components["schemas"]["SessionBody"];
        };
        /**
         * @description What somebody decides.
         * @example {
         *       "action": "approve"
         *     }
         */
        Decision: {
            /** @description Yes or no; of an artifact also neither. */
            action: components["schemas"]["DecisionAction"];
            /** @description The answer; questions only. */
            answer?: unknown;
            /** @description Which artifact; drafts only. Absent: all that are open. */
            artifactUri?: string | null;
            /** @description The `digest` of the approval as it was shown. */
            digest?: string | null;
            /** @description Another text to send instead; prompts only. */
            editedPrompt?: string | null;
            /** @description Which of the offered options; it must agree with `action`. */
            optionId?: string | null;
            /** @description Why. */
            reason?: string | null;
            /**
             * @description Whether `reason` also goes to the agent, as the next prompt; rejections only, and only of those who may prompt
             *     directly.
             */
            tellAgent?: boolean;
        };
        /**
         * @description What somebody says to what is asked.
         * @enum {string}
         */
        DecisionAction: "approve" | "reject" | "discuss";
        DemoAnswer: {
            hostParticipant: components["schemas"]["ParticipantBody"];
            /** @description The secret of an invite for real guests. */
            inviteToken: string;
            session: components["schemas"]["SessionBody"];
            /** @description A one-time secret to sign in with, where nobody has set this server up. */
            setupSecret: string | null;
        };
        DetailsAnswer: {
            agentSession: components["schemas"]["AgentSessionDetails"];
        };
        /** @description A browser that is signed in. */
        Device: {
            /** @description When it signed in. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Whether it is the one that asks. */
            current: boolean;
            /** @description The browser, as it says of itself. */
            device: string | null;
            /** @description Signed out from then on. */
            expiresAt: components["schemas"]["Timestamp"];
            /** @description Identifier of the login, which is no secret. */
            id: components["schemas"]["LoginId"];
            lastUsedAt: components["schemas"]["Timestamp"] | null;
        };
        DeviceList: {
            devices: components["schemas"]["Device"][];
            nextCursor: string | null;
        };
        /** @description Carrying an approved prompt to its agent. */
        Dispatch: {
            /** @description The agent session it goes to. */
            agentSessionId: components["schemas"]["AgentSessionId"];
            /** @description What was approved. */
            approvalId: components["schemas"]["ApprovalId"];
            endedAt: components["schemas"]["Timestamp"] | null;
            /** @description Why it failed. */
            error: string | null;
            /** @description Identifier. */
            id: components["schemas"]["DispatchId"];
            /** @description When it was approved. */
            queuedAt: components["schemas"]["Timestamp"];
            retryOf: components["schemas"]["DispatchId"] | null;
            sentAt: components["schemas"]["Timestamp"] | null;
            /** @description The session it belongs to. */
            sharedSessionId: components["schemas"]["SessionId"];
            startedAt: components["schemas"]["Timestamp"] | null;
            /** @description How far it has come. */
            state: components["schemas"]["DispatchState"];
            /** @description ACP's stop reason, in the agent's word. */
            stopReason: string | null;
        };
        /**
         * @description What a person can do about a dispatch.
         * @enum {string}
         */
        DispatchAction: "cancel" | "retry" | "mark_done" | "drop";
        DispatchAnswer: {
            dispatch: components["schemas"]["Dispatch"];
        };
        /**
         * Format: uuid
         * @description Identifies a [`Dispatch`](super::Dispatch).
         */
        DispatchId: string;
        DispatchRequest: {
            action: components["schemas"]["DispatchAction"];
        };
        /**
         * @description How far a dispatch has come. The arrows are [`DispatchState::may_become`].
         * @enum {string}
         */
        DispatchState: "queued" | "leased" | "sending" | "running" | "succeeded" | "failed" | "cancelled" | "unknown";
        /** @description How to show an agent. */
        Display: {
            /** @description A colour, in its host's word. */
            accent: string | null;
            /** @description One of the page's icons. */
            icon: string | null;
            /** @description What people read instead of its name. */
            label: string | null;
        };
        /** @description A set of artifacts that is offered for review. */
        Draft: {
            /** @description Whose agent made it. */
            agentSessionId: components["schemas"]["AgentSessionId"];
            /** @description The decision it waits for. */
            approvalId: components["schemas"]["ApprovalId"];
            /** @description What is in it, in the order of who offered it. */
            artifacts: components["schemas"]["Artifact"][];
            /** @description Identifier: offered twice, it is the same draft. */
            id: components["schemas"]["DraftId"];
            /** @description One line about it. */
            summary: string;
        };
        DraftAnswer: {
            draft: components["schemas"]["Draft"];
        };
        /**
         * Format: uuid
         * @description Identifies a [`Draft`](super::Draft).
         */
        DraftId: string;
        DraftList: {
            /** @description Each with its artifacts, as `draft`. */
            approvals: components["schemas"]["Approval"][];
            nextCursor: string | null;
        };
        /** @description Artifacts are there to be reviewed; the approval came before. */
        DraftReadyEvent: {
            /** @description Artifacts are there to be reviewed; the approval came before. */
            payload: {
                artifactCount: number;
                draftId: components["schemas"]["DraftId"];
                summary: string;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "draft_ready";
        };
        /** @description The body of what needs no words. */
        Empty: Record<string, never>;
        /** @description The last frame; come back only after `shutdown`. */
        EndFrame: {
            /** @description The last frame; come back only after `shutdown`. */
            payload: {
                reason: components["schemas"]["StreamEnd"];
            };
            /** @enum {string} */
            type: "end";
        };
        /** @description The body of every answer that is not a success. */
        ErrorBody: {
            /** @description The stable word. */
            code: components["schemas"]["Code"];
            /** @description More for programs. */
            details?: unknown;
            /** @description One sentence for people. */
            error: string;
            /** @description The cure. */
            hint: string;
            /** @description Names this request in the log. */
            requestId: string;
        };
        /** @description An event of a session's log. There will be more types: read unknown ones as news that you do not need. Fields that are newer than an event may be absent in it. */
        Event: components["schemas"]["SharedSessionCreatedEvent"] | components["schemas"]["SessionUpdatedEvent"] | components["schemas"]["SessionClosedEvent"] | components["schemas"]["ParticipantJoinedEvent"] | components["schemas"]["ParticipantLeftEvent"] | components["schemas"]["ParticipantUpdatedEvent"] | components["schemas"]["ParticipantRemovedEvent"] | components["schemas"]["HostChangedEvent"] | components["schemas"]["InviteCreatedEvent"] | components["schemas"]["InviteRevokedEvent"] | components["schemas"]["MessageCreatedEvent"] | components["schemas"]["PromptPendingApprovalEvent"] | components["schemas"]["PromptApprovedEvent"] | components["schemas"]["PromptRejectedEvent"] | components["schemas"]["ApprovalRequestedEvent"] | components["schemas"]["ApprovalResolvedEvent"] | components["schemas"]["ApprovalExpiredEvent"] | components["schemas"]["ApprovalWithdrawnEvent"] | components["schemas"]["ApprovalSuggestedEvent"] | components["schemas"]["ApprovalExtendedEvent"] | components["schemas"]["PromptDispatchStartedEvent"] | components["schemas"]["PromptDispatchCompletedEvent"] | components["schemas"]["PromptDispatchFailedEvent"] | components["schemas"]["PromptDispatchCancelledEvent"] | components["schemas"]["PromptDispatchUnknownEvent"] | components["schemas"]["PromptDispatchSettledEvent"] | components["schemas"]["HostSessionUpdateEvent"] | components["schemas"]["UpdatesDroppedEvent"] | components["schemas"]["AgentSessionUpdatedEvent"] | components["schemas"]["DraftReadyEvent"] | components["schemas"]["ArtifactDecidedEvent"] | components["schemas"]["AgentOutputEvent"] | components["schemas"]["GoalCompleteEvent"] | components["schemas"]["WaitingForInputEvent"] | components["schemas"]["StatusUpdateEvent"] | components["schemas"]["HostConnectedEvent"] | components["schemas"]["HostDisconnectedEvent"];
        EventAnswer: {
            /** @description Always true. */
            added: boolean;
        };
        /** @description A page of events: documentation of what is put together by hand above. */
        EventList: {
            events: components["schemas"]["Event"][];
            /** @description The position behind the last of them. */
            nextAfter: string;
        };
        /**
         * @example {
         *       "expiresInMinutes": 1440
         *     }
         */
        ExtendRequest: {
            /**
             * Format: int64
             * @description How long it waits from now on, but no longer than its session lives; absent: 24 hours.
             */
            expiresInMinutes?: number | null;
        };
        /** @description What the agent session works towards is reached. */
        GoalCompleteEvent: {
            /** @description What the agent session works towards is reached. */
            payload: {
                goalId: string;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "goal_complete";
        };
        GrantList: {
            grants: components["schemas"]["HostGrant"][];
        };
        HandOverRequest: {
            /** @description Who is host from now on: anybody who takes part. */
            participantId: components["schemas"]["ParticipantId"];
        };
        Health: {
            status: string;
        };
        /** @description A host process: it runs agents and is connected to the server. */
        Host: {
            /** @description Whether it is there now. */
            connected: boolean;
            /** @description Identifier, made once by the host. */
            id: components["schemas"]["HostId"];
            /** @description What people call it. */
            name: string;
            /** @description Connected, or away, since then. */
            since: components["schemas"]["Timestamp"];
            userId: components["schemas"]["UserId"] | null;
            /** @description The version of its program. */
            version: string;
        };
        /** @description Somebody else is host now. */
        HostChangedEvent: {
            /** @description Somebody else is host now. */
            payload: {
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "host_changed";
        };
        /** @description The host process is there. */
        HostConnectedEvent: {
            /** @description The host process is there. */
            payload: {
                host: components["schemas"]["Host"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "host_connected";
        };
        /** @description A process of the host is there. */
        HostConnectedHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "host.connected";
            /** @description For people. */
            message: string | null;
            /** @description A process of the host is there. */
            payload: {
                /** @description Which process. */
                instance: components["schemas"]["InstanceId"];
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description The host process is away. */
        HostDisconnectedEvent: {
            /** @description The host process is away. */
            payload: {
                host: components["schemas"]["Host"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "host_disconnected";
        };
        /** @description It is away. */
        HostDisconnectedHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "host.disconnected";
            /** @description For people. */
            message: string | null;
            /** @description It is away. */
            payload: Record<string, never>;
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A numbered fact about agents and hosts. There will be more kinds. */
        HostEvent: components["schemas"]["HostConnectedHostEvent"] | components["schemas"]["HostDisconnectedHostEvent"] | components["schemas"]["HostNotificationHostEvent"] | components["schemas"]["AgentRegisteredHostEvent"] | components["schemas"]["AgentUnregisteredHostEvent"] | components["schemas"]["AgentStatusChangedHostEvent"] | components["schemas"]["ApprovalRequestedHostEvent"] | components["schemas"]["ApprovalResolvedHostEvent"] | components["schemas"]["ApprovalResolveRequestedHostEvent"];
        /**
         * Format: uuid
         * @description Identifies a [`HostEvent`](super::HostEvent).
         */
        HostEventId: string;
        HostEventList: {
            events: components["schemas"]["HostEvent"][];
            /** @description The number behind which the next page begins. */
            nextAfter: string;
        };
        /** @description What the owner of a host allows somebody there. */
        HostGrant: {
            /** @description Whether they may call tools there. */
            canCallTools: boolean;
            /** @description Whether they may decide what programs there ask. */
            canDecide: boolean;
            /** @description Since when. */
            grantedAt: components["schemas"]["Timestamp"];
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Their name. */
            name: string;
            /** @description To whom. */
            userId: components["schemas"]["UserId"];
        };
        /**
         * Format: uuid
         * @description Identifies a [`Host`](super::Host): made once by the host and stored with it.
         */
        HostId: string;
        HostList: {
            hosts: components["schemas"]["KnownHost"][];
        };
        /** @description The host tells something. */
        HostNotificationHostEvent: {
            agentId: components["schemas"]["AgentId"] | null;
            /** @description Where. */
            hostId: components["schemas"]["HostId"];
            /** @description Identifier. */
            id: components["schemas"]["HostEventId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "host.notification";
            /** @description For people. */
            message: string | null;
            /** @description The host tells something. */
            payload: {
                /** @description What kind of thing, in the host's word. */
                kind: string;
                /** @description For programs. */
                payload: unknown;
            };
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description What somebody may at a host. */
        HostRights: {
            /** @description To call tools of its agents. */
            callTools: boolean;
            /** @description To decide what programs there ask. */
            decide: boolean;
            /** @description To say what others may there. */
            grant: boolean;
            /** @description To start its agents. */
            startAgents: boolean;
        };
        /** @description What the agent said: the params of its own `session/update`, whole. */
        HostSessionUpdateEvent: {
            /** @description What the agent said: the params of its own `session/update`, whole. */
            payload: {
                notification: Record<string, never>;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "host_session_update";
        };
        /** @description What the stream of host events carries: events, which have an id, and frames without one. */
        HostStreamFrame: components["schemas"]["HostEvent"] | components["schemas"]["ConnectedFrame"] | components["schemas"]["ResetFrame"] | components["schemas"]["EndFrame"];
        /** @description What waits for the caller, or did. */
        Inbox: {
            /** @description What they, or others, may decide, oldest first; or what was resolved, newest first. */
            approvals: components["schemas"]["Approval"][];
            /** @description Dispatches of their sessions whose outcome nobody knows; only besides what waits for them. */
            dispatches: components["schemas"]["Dispatch"][];
            /** @description Where the next page of approvals begins. */
            nextCursor: string | null;
        };
        /** @description What changed in an inbox. */
        InboxChange: {
            /** @description What waits since then, what waits otherwise than before, and once more what has been decided. */
            approvals: components["schemas"]["Approval"][];
            /** @description The same of dispatches whose outcome nobody knew. */
            dispatches: components["schemas"]["Dispatch"][];
            /** @description The ids of what is not in the inbox any more, for whatever reason. */
            gone: string[];
        };
        /** @description What changed in it. */
        InboxChangedFrame: {
            /** @description What changed in it. */
            payload: components["schemas"]["InboxChange"];
            /** @enum {string} */
            type: "inbox_changed";
        };
        /** @description A part of an inbox; with the one that says `complete` all of it is told. */
        InboxFrame: {
            /** @description A part of an inbox; with the one that says `complete` all of it is told. */
            payload: components["schemas"]["InboxPart"];
            /** @enum {string} */
            type: "inbox";
        };
        /** @description A part of an inbox. */
        InboxPart: {
            /** @description What the caller may decide, oldest first in each part. */
            approvals: components["schemas"]["Approval"][];
            /** @description Whether this is the last part: with it and those before it the inbox is told whole. */
            complete: boolean;
            /** @description Dispatches of their sessions whose outcome nobody knows. */
            dispatches: components["schemas"]["Dispatch"][];
        };
        /** @description What the stream of an inbox carries: all of it first, in parts, then what changes. */
        InboxStreamFrame: components["schemas"]["ConnectedFrame"] | components["schemas"]["InboxFrame"] | components["schemas"]["InboxChangedFrame"] | components["schemas"]["EndFrame"];
        /** @description Something that somebody says to an agent session. */
        Input: {
            /** @description What to ask of the agent. */
            text: string;
            /** @enum {string} */
            type: "message";
        } | {
            /** @description Which artifact of it; absent: all that are open. */
            artifactUri?: string | null;
            /** @description The `digest` of its approval as it was shown. */
            digest?: string | null;
            /** @description Which draft. */
            draftId: components["schemas"]["DraftId"];
            /** @description Why. */
            reason?: string | null;
            /** @enum {string} */
            type: "approve";
        } | {
            /** @description Which artifact of it; absent: all that are open. */
            artifactUri?: string | null;
            /** @description The `digest` of its approval as it was shown. */
            digest?: string | null;
            /** @description Which draft. */
            draftId: components["schemas"]["DraftId"];
            /** @description Why. */
            reason?: string | null;
            /** @enum {string} */
            type: "reject";
        } | {
            /** @description Which artifact of it. */
            artifactUri?: string | null;
            /** @description The `digest` of its approval as it was shown. */
            digest?: string | null;
            /** @description Which draft. */
            draftId: components["schemas"]["DraftId"];
            /** @description Why. */
            reason?: string | null;
            /** @enum {string} */
            type: "discuss";
        } | {
            /** @enum {string} */
            type: "abort";
        };
        InputAnswer: {
            agentSession: components["schemas"]["AgentSession"] | null;
            approval: components["schemas"]["Approval"] | null;
            status: components["schemas"]["ApprovalStatus"] | null;
        };
        /**
         * Format: uuid
         * @description Identifies one process of a host, or one run of the server: new at each start.
         */
        InstanceId: string;
        /** @description The right to join with a fixed role. Its secret is shown once, where it is made. */
        Invite: {
            createdBy: components["schemas"]["ParticipantId"] | null;
            expiresAt: components["schemas"]["Timestamp"] | null;
            /** @description Identifier, which is no secret. */
            id: components["schemas"]["InviteId"];
            /**
             * Format: int64
             * @description How often it may be used.
             */
            maxUses: number;
            revokedAt: components["schemas"]["Timestamp"] | null;
            /** @description The role of who joins by it. */
            role: components["schemas"]["Role"];
            /**
             * Format: int64
             * @description How often it was.
             */
            uses: number;
        };
        InviteAnswer: {
            invite: components["schemas"]["InviteBody"];
        };
        InviteBody: components["schemas"]["Invite"] & {
            /** @description Not null only in the answer that creates it. */
            token: string | null;
        };
        /** @description An invite was made. */
        InviteCreatedEvent: {
            /** @description An invite was made. */
            payload: {
                invite: components["schemas"]["Invite"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "invite_created";
        };
        /**
         * Format: uuid
         * @description Identifies an [`Invite`](super::Invite).
         */
        InviteId: string;
        InviteList: {
            invites: components["schemas"]["Invite"][];
            nextCursor: string | null;
        };
        /** @description An invite was revoked. */
        InviteRevokedEvent: {
            /** @description An invite was revoked. */
            payload: {
                invite: components["schemas"]["Invite"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "invite_revoked";
        };
        JoinedAnswer: {
            participant: components["schemas"]["ParticipantBody"];
            session: components["schemas"]["SessionBody"];
        };
        /**
         * @description What somebody says who joins.
         * @example {
         *       "inviteToken": "wr_inv_EXAMPLE",
         *       "displayName": "Sam"
         *     }
         */
        JoinRequest: {
            /** @description How the credential is wanted; absent: as a token. */
            credential?: components["schemas"]["WantedCredential"];
            /** @description What the others will see. */
            displayName?: string | null;
            /** @description The secret of the invite. */
            inviteToken: string;
            role?: components["schemas"]["Role"] | null;
            /** @description What a guest's program calls them; kept as a label, never an identity. */
            userId?: string | null;
        };
        /** @description A host as the caller knows it. */
        KnownHost: components["schemas"]["Host"] & {
            /** @description What the caller may there. */
            may: components["schemas"]["HostRights"];
            /** @description The name of its owner; nobody's at the server's own. */
            ownerName: string | null;
        };
        /**
         * @example {
         *       "close": false
         *     }
         */
        LeaveRequest: {
            /** @description Whether a host who leaves closes the session. */
            close?: boolean;
        };
        /**
         * @description Why somebody no longer takes part.
         * @enum {string}
         */
        LeftReason: "left" | "removed" | "revoked" | "ended";
        /**
         * @description Where an agent session is in its life.
         * @enum {string}
         */
        Life: "active" | "paused" | "completed" | "aborted";
        /** @description Who changed a life last, from where and why. */
        LifeChange: {
            /** @description When. */
            at: components["schemas"]["Timestamp"];
            /** @description A participant's or user's id. */
            by: string | null;
            /** @description From where. */
            channel: components["schemas"]["Channel"];
            /** @description Why, in their words. */
            reason: string | null;
        };
        /** @description A session in a list. */
        ListedSession: components["schemas"]["SessionBody"] & {
            now: components["schemas"]["SessionNow"] | null;
        };
        /**
         * Format: uuid
         * @description Identifies a login: one browser, signed in.
         */
        LoginId: string;
        LoginRequest: components["schemas"]["TokenLogin"] | components["schemas"]["PasswordLogin"];
        /**
         * @description Something that one may do in a session.
         * @enum {string}
         */
        May: "watch" | "comment" | "prompt" | "prompt_with_approval";
        /** @description Who the caller is. */
        Me: {
            /** @description What the credential may do. */
            scope: components["schemas"]["Scope"];
            /** @description The guest seats of this browser or token. */
            seats: components["schemas"]["MySeat"][];
            user: components["schemas"]["User"] | null;
        };
        /** @description What a person wrote, or a line by the server. */
        Message: {
            anchor: components["schemas"]["Anchor"] | null;
            approvalId: components["schemas"]["ApprovalId"] | null;
            /** @description The same person across sessions. */
            authorUserId: string | null;
            /** @description When it was written. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Identifier. */
            id: components["schemas"]["MessageId"];
            /** @description What it is. */
            kind: components["schemas"]["MessageKind"];
            participantId: components["schemas"]["ParticipantId"] | null;
            replyTo: components["schemas"]["MessageId"] | null;
            /** @description The session it belongs to. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description What it says: text, never HTML. */
            text: string;
        };
        MessageAnswer: {
            message: components["schemas"]["Message"];
        };
        /** @description Somebody commented. */
        MessageCreatedEvent: {
            /** @description Somebody commented. */
            payload: {
                message: components["schemas"]["Message"];
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "message_created";
        };
        /**
         * Format: uuid
         * @description Identifies a [`Message`](super::Message).
         */
        MessageId: string;
        /**
         * @description What a message is.
         * @enum {string}
         */
        MessageKind: "comment" | "prompt" | "system";
        MessageList: {
            messages: components["schemas"]["Message"][];
            nextCursor: string | null;
        };
        /**
         * @description What collaborators may do in a session.
         * @enum {string}
         */
        Mode: "view_only" | "comment_only" | "prompt_with_approval" | "prompt_direct";
        /** @description A seat that the credential stands for by itself. */
        MySeat: {
            /** @description The participant. */
            participantId: components["schemas"]["ParticipantId"];
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
        };
        /**
         * @description Something that a program asks of people.
         * @example {
         *       "action": "Deploy to production?",
         *       "options": [
         *         "yes",
         *         "no"
         *       ],
         *       "timeoutMs": 600000
         *     }
         */
        NewAction: {
            /** @description What is asked, in one line. */
            action: string;
            agentId?: components["schemas"]["AgentId"] | null;
            /** @description Which of them is the yes; absent: the first. */
            approveOption?: string | null;
            /** @description What people should know before they answer: any JSON. */
            details?: unknown;
            /** @description The answers that are offered; absent: `approve` and `deny`. */
            options?: string[] | null;
            /** @description The program's own name for the request: asked again by it, it is the same approval. 1 to 128 characters. */
            requestId?: string | null;
            /** @description Whether people decide, and not the host that asks. What is asked without a host is always for people. */
            systemLevel?: boolean;
            /**
             * Format: int64
             * @description How long the answer is waited for, in milliseconds; absent: 24 hours. Then it is `expired`, which is never a yes.
             */
            timeoutMs?: number | null;
        };
        /**
         * @description An agent session that is asked for.
         * @example {
         *       "agent": "demo",
         *       "title": "Fix the flaky checkout test"
         *     }
         */
        NewAgentSession: {
            /** @description The agent's name at its host. */
            agent: string;
            /** @description Whether its session may see what its agent's process writes. */
            agentOutput?: boolean;
            /** @description Where it is made. */
            channel?: components["schemas"]["Channel"];
            /** @description The folder it works in; absent: the agent's first folder, or a fresh one. */
            folder?: string | null;
            /** @description What it works towards. */
            goalId?: string | null;
            hostId?: components["schemas"]["HostId"] | null;
            /**
             * @description The agent's own id of a conversation to take up; absent: a new one. On one's own machine, or by an admin: whose
             *     the conversations of the server's own agents are, nobody knows.
             */
            resume?: string | null;
            /** @description What people call it. */
            title?: string | null;
            /** @description A label for filtering. */
            workspaceId?: string | null;
        };
        /**
         * @description Something in a draft as it is offered.
         * @example {
         *       "uri": "src/checkout.rs",
         *       "summary": "Wait for the payment",
         *       "diff": "-sleep(50);\n+settle().await;\n"
         *     }
         */
        NewArtifact: {
            /** @description The change, as a unified diff. */
            diff?: string;
            /** @description One line about it. */
            summary?: string;
            /** @description What it is; no other of the draft has the same. */
            uri: string;
        };
        /**
         * @description A demo that is asked for.
         * @example {
         *       "guest": true
         *     }
         */
        NewDemo: {
            /** @description Whether the scripted teammate joins; they do if absent. */
            guest?: boolean | null;
            /** @description Whether the demo sessions that the caller began before are closed; they are not if absent. */
            reset?: boolean | null;
            /**
             * Format: double
             * @description How many times as fast as usual the scripted teammate goes; positive.
             */
            speed?: number | null;
        };
        /** @description A draft as it is offered. */
        NewDraft: {
            /** @description What is in it. */
            artifacts: components["schemas"]["NewArtifact"][];
            draftId?: components["schemas"]["DraftId"] | null;
            /** @description One line about it. */
            summary: string;
        };
        /**
         * @description What somebody is to be allowed at a host.
         * @example {
         *       "name": "sam",
         *       "canDecide": true
         *     }
         */
        NewGrant: {
            /** @description Whether they may call tools there. */
            canCallTools?: boolean;
            /** @description Whether they may decide what programs there ask. */
            canDecide?: boolean;
            /** @description The name of their account. */
            name: string;
        };
        /**
         * @description An invite that is asked for.
         * @example {
         *       "role": "collaborator",
         *       "maxUses": 5
         *     }
         */
        NewInvite: {
            /**
             * Format: int64
             * @description How long it lives, at most 30 days; absent: 24 hours.
             */
            expiresInMinutes?: number | null;
            /**
             * Format: int64
             * @description How often it may be used; absent: once.
             */
            maxUses?: number | null;
            role?: components["schemas"]["Role"] | null;
        };
        /** @description A comment that somebody writes. */
        NewMessage: {
            anchor?: components["schemas"]["Anchor"] | null;
            replyTo?: components["schemas"]["MessageId"] | null;
            /** @description What it says, at most 64 KiB. */
            text: string;
        };
        /**
         * @description A session that is asked for.
         * @example {
         *       "hostSessionId": "019aa5c3-6c1e-7d2b-8f60-000051de5eed",
         *       "mode": "prompt_with_approval"
         *     }
         */
        NewSession: {
            /**
             * Format: int64
             * @description How long it lives; absent: 24 hours.
             */
            expiresInMinutes?: number | null;
            /** @description What the others see of the host. */
            hostDisplayName?: string | null;
            hostSessionId?: components["schemas"]["AgentSessionId"] | null;
            hostUserId?: components["schemas"]["UserId"] | null;
            invite?: components["schemas"]["NewInvite"] | null;
            mode?: components["schemas"]["Mode"] | null;
            /** @description What people call it; absent: the agent session's title. */
            title?: string | null;
            /** @description A label for filtering. */
            workspaceId?: string | null;
        };
        /** @description What somebody would do about an approval. */
        NewSuggestion: {
            /** @description Yes or no. */
            action: components["schemas"]["Verdict"];
            /** @description Why, at most 2 KiB. */
            note?: string | null;
        };
        /**
         * @description A token that is asked for.
         * @example {
         *       "name": "laptop",
         *       "scope": "host",
         *       "expiresInMinutes": 43200
         *     }
         */
        NewToken: {
            /**
             * Format: int64
             * @description How long it lives; absent: for ever.
             */
            expiresInMinutes?: number | null;
            /** @description What its owner calls it. */
            name?: string | null;
            /** @description What it may do. */
            scope: components["schemas"]["Scope"];
        };
        NewTokenAnswer: {
            /** @description The token itself; shown this once. */
            secret: string;
            token: components["schemas"]["Token"];
        };
        /** @description An account that is asked for. */
        NewUser: {
            /** @description Whether they may read everything and manage users. */
            admin?: boolean;
            /** @description What the others will call them. */
            name: string;
        };
        NewUserAnswer: {
            /** @description Their first token; shown this once. */
            token: string;
            user: components["schemas"]["User"];
        };
        /**
         * @description How much goes on, and how much waits.
         * @example {
         *       "limit": 64,
         *       "running": 2,
         *       "waiting": 0
         *     }
         */
        Occupancy: {
            /** @description How much may go on at once. */
            limit: number;
            /** @description How much does. */
            running: number;
            /** @description How much waits for room. */
            waiting: number;
        };
        /**
         * @description Where a process writes.
         * @enum {string}
         */
        OutputStream: "stdout" | "stderr";
        /** @description A person in a session. */
        Participant: {
            /** @description Whether they may decide approvals though they are not host. */
            canDecide: boolean;
            /** @description What the others see. */
            displayName: string | null;
            /** @description Identifier. */
            id: components["schemas"]["ParticipantId"];
            /** @description When they came. */
            joinedAt: components["schemas"]["Timestamp"];
            /** @description What a guest's program sent as `userId`; a label, never an identity. */
            label: string | null;
            leftAt: components["schemas"]["Timestamp"] | null;
            leftReason: components["schemas"]["LeftReason"] | null;
            /** @description Whether a stream of theirs is open. Known to the running server only, false in events. */
            online: boolean;
            /** @description What they are here. */
            role: components["schemas"]["Role"];
            /** @description The session they are in. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description The account's id, or `guest:<participant id>`. */
            userId: string;
        };
        /** @description A participant after a change. */
        ParticipantAnswer: {
            participant: components["schemas"]["ParticipantBody"];
        };
        /** @description A participant, with their token in the one answer that makes it. */
        ParticipantBody: components["schemas"]["Participant"] & {
            /** @description Not null only in the answer that creates it. */
            accessToken: string | null;
        };
        /**
         * @description What the host wants changed about a participant; what is absent stays.
         * @example {
         *       "canDecide": true
         *     }
         */
        ParticipantChanges: {
            /** @description Whether they may decide approvals; never about a prompt of their own. */
            canDecide?: boolean | null;
            role?: components["schemas"]["Role"] | null;
        };
        /**
         * Format: uuid
         * @description Identifies a [`Participant`](super::Participant).
         */
        ParticipantId: string;
        /** @description Somebody came. */
        ParticipantJoinedEvent: {
            /** @description Somebody came. */
            payload: {
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "participant_joined";
        };
        /** @description Somebody left. */
        ParticipantLeftEvent: {
            /** @description Somebody left. */
            payload: {
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "participant_left";
        };
        ParticipantList: {
            participants: components["schemas"]["Participant"][];
        };
        /** @description The host removed somebody. */
        ParticipantRemovedEvent: {
            /** @description The host removed somebody. */
            payload: {
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "participant_removed";
        };
        /** @description A role or right changed. */
        ParticipantUpdatedEvent: {
            /** @description A role or right changed. */
            payload: {
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "participant_updated";
        };
        /**
         * Format: password
         * @description A password in the clear: no `Debug`, no `Display`, no `Serialize`, and overwritten when dropped.
         */
        Password: string;
        PasswordLogin: {
            /** @description What the others call me, in capitals or not. */
            name: string;
            /** @description My password. */
            password: components["schemas"]["Password"];
        };
        PasswordRequest: {
            current?: components["schemas"]["Password"] | null;
            /** @description The one I want: 8 characters at least. */
            password: components["schemas"]["Password"];
        };
        /**
         * @description What somebody does at the moment.
         * @enum {string}
         */
        Presence: "watching" | "typing" | "idle";
        /** @description Somebody does this now. */
        PresenceFrame: {
            /** @description Somebody does this now. */
            payload: {
                /** @description Who. */
                participantId: components["schemas"]["ParticipantId"];
                /** @description What. */
                state: components["schemas"]["Presence"];
            };
            /** @enum {string} */
            type: "presence";
        };
        /** @description What an invite leads to; using it up is another matter. */
        Preview: {
            /** @description What the agent calls itself, else its name at its host. */
            agent: string;
            /** @description What it is doing. */
            agentStatus: components["schemas"]["AgentSessionStatus"];
            /** @description Who shares it. */
            hostDisplayName: string | null;
            /** @description What one will be able to do. */
            may: components["schemas"]["May"][];
            /** @description The role that the invite gives. */
            role: components["schemas"]["Role"];
            /** @description What the session is called. */
            title: string;
        };
        PreviewRequest: {
            /** @description The secret of the invite. */
            inviteToken: string;
        };
        PromptAnswer: {
            approval: components["schemas"]["Approval"];
            /** @description `pending`: it waits for a yes; `approved`: it goes to the agent. */
            status: components["schemas"]["ApprovalStatus"];
        };
        /** @description A prompt may go to the agent. A direct one brings its message along. */
        PromptApprovedEvent: {
            /** @description A prompt may go to the agent. A direct one brings its message along. */
            payload: {
                approval: components["schemas"]["Approval"];
                message: components["schemas"]["Message"] | null;
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_approved";
        };
        /** @description It was stopped. */
        PromptDispatchCancelledEvent: {
            /** @description It was stopped. */
            payload: {
                approvalId: components["schemas"]["ApprovalId"];
                dispatch: components["schemas"]["Dispatch"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_dispatch_cancelled";
        };
        /** @description The agent ended its turn. */
        PromptDispatchCompletedEvent: {
            /** @description The agent ended its turn. */
            payload: {
                approvalId: components["schemas"]["ApprovalId"];
                dispatch: components["schemas"]["Dispatch"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_dispatch_completed";
        };
        /** @description It came to nothing. */
        PromptDispatchFailedEvent: {
            /** @description It came to nothing. */
            payload: {
                approvalId: components["schemas"]["ApprovalId"];
                dispatch: components["schemas"]["Dispatch"];
                error: string | null;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_dispatch_failed";
        };
        /** @description What nobody knew was settled by the host or by a late report; or it stays unknown and is tried again. */
        PromptDispatchSettledEvent: {
            /** @description What nobody knew was settled by the host or by a late report; or it stays unknown and is tried again. */
            payload: {
                approvalId: components["schemas"]["ApprovalId"];
                dispatch: components["schemas"]["Dispatch"];
                retry: components["schemas"]["Dispatch"] | null;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_dispatch_settled";
        };
        /** @description A prompt is on its way to the agent: written with the intent, so at most once. */
        PromptDispatchStartedEvent: {
            /** @description A prompt is on its way to the agent: written with the intent, so at most once. */
            payload: {
                approvalId: components["schemas"]["ApprovalId"];
                dispatch: components["schemas"]["Dispatch"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_dispatch_started";
        };
        /** @description Nobody can know. */
        PromptDispatchUnknownEvent: {
            /** @description Nobody can know. */
            payload: {
                approvalId: components["schemas"]["ApprovalId"];
                dispatch: components["schemas"]["Dispatch"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_dispatch_unknown";
        };
        /** @description Somebody's prompt waits for a yes. */
        PromptPendingApprovalEvent: {
            /** @description Somebody's prompt waits for a yes. */
            payload: {
                approval: components["schemas"]["Approval"];
                message: components["schemas"]["Message"];
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_pending_approval";
        };
        /** @description A prompt may not. */
        PromptRejectedEvent: {
            /** @description A prompt may not. */
            payload: {
                approval: components["schemas"]["Approval"];
                participant: components["schemas"]["Participant"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "prompt_rejected";
        };
        PromptRequest: {
            /** @description What to ask of the agent, at most 256 KiB. */
            prompt: string;
        };
        /** @description The last frame: load the snapshot, and go on from `asOf`. */
        ResetFrame: {
            /** @description The last frame: load the snapshot, and go on from `asOf`. */
            payload: {
                asOf: string;
                reason: components["schemas"]["ResetReason"];
            };
            /** @enum {string} */
            type: "reset";
        };
        /**
         * @description Why a position cannot be gone on from.
         * @enum {string}
         */
        ResetReason: "ahead" | "diverged" | "truncated";
        /** @description What asking came to, as the program that asked is told. */
        Resolution: {
            /** @enum {string} */
            outcome: "pending";
        } | {
            /** @description Which of the options. */
            option: string;
            /** @enum {string} */
            outcome: "approved";
            /** @description Why. */
            reason: string | null;
        } | {
            /** @description Which of the options, if one was chosen. */
            option: string | null;
            /** @enum {string} */
            outcome: "denied";
            /** @description Why. */
            reason: string | null;
        } | {
            /** @enum {string} */
            outcome: "timed_out";
            /** @description Why: `deadline`, `withdrawn`, `agent_gone`. */
            reason: string | null;
        };
        /** @description That a person told a host what they would choose: only the host decides what belongs to it. */
        ResolveRequest: {
            /** @description When. */
            at: components["schemas"]["Timestamp"];
            byUserId: components["schemas"]["UserId"] | null;
            /** @description Which of the options. */
            optionId: string;
            /** @description Why. */
            reason: string | null;
        };
        /**
         * @example {
         *       "fresh": true
         *     }
         */
        RestartRequest: {
            /** @description Whether a new conversation may begin. */
            fresh?: boolean;
        };
        /**
         * @description What a participant is in a session.
         * @enum {string}
         */
        Role: "host" | "collaborator" | "viewer";
        /**
         * @description What a token may do.
         * @enum {string}
         */
        Scope: "full" | "host" | "read";
        /** @description One agent session shown to people, with mode, participants and log. */
        Session: {
            /** @description Whether prompts of collaborators wait for a yes: follows from the mode. */
            approvalRequired: boolean;
            closedAt: components["schemas"]["Timestamp"] | null;
            /** @description When it was made. */
            createdAt: components["schemas"]["Timestamp"];
            expiresAt: components["schemas"]["Timestamp"] | null;
            /** @description The agent session that is shared. */
            hostSessionId: components["schemas"]["AgentSessionId"];
            /** @description Whose word is last: a user id, or `guest:<participant id>`. */
            hostUserId: string;
            /** @description Identifier. */
            id: components["schemas"]["SessionId"];
            /**
             * Format: int64
             * @description The number of its newest event.
             */
            lastSeq: number;
            /** @description What collaborators may do. */
            mode: components["schemas"]["Mode"];
            /** @description Where it is in its life. */
            status: components["schemas"]["SessionStatus"];
            /** @description What people call it. */
            title: string;
            /** @description A label for filtering; it grants nothing. */
            workspaceId: string | null;
        };
        /** @description A session after a change. */
        SessionAnswer: {
            session: components["schemas"]["SessionBody"];
        };
        /** @description A session, with the secret of its first invite in the one answer that makes it. */
        SessionBody: components["schemas"]["Session"] & {
            /** @description Not null only in the answer that creates it. */
            inviteToken: string | null;
        };
        /**
         * @description What its host wants changed about a session; what is absent stays.
         * @example {
         *       "mode": "comment_only"
         *     }
         */
        SessionChanges: {
            /**
             * Format: int64
             * @description How long it lives from now on.
             */
            expiresInMinutes?: number | null;
            mode?: components["schemas"]["Mode"] | null;
            /** @description What people call it. */
            title?: string | null;
        };
        /** @description It ended; nothing but late events of a turn follows. By nobody: its time was up. */
        SessionClosedEvent: {
            /** @description It ended; nothing but late events of a turn follows. By nobody: its time was up. */
            payload: {
                /** Format: uuid */
                by: string | null;
                status: components["schemas"]["SessionStatus"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "session_closed";
        };
        /** @description Something that the owner or the host of an agent session has to tell. A draft tells of itself. */
        SessionEvent: {
            /** @description What it wrote, at most 64 KiB. */
            content: string;
            /** @description Where it wrote it. */
            stream: components["schemas"]["OutputStream"];
            /** @enum {string} */
            type: "agent_output";
        } | {
            /** @description Which goal; absent: that of the agent session. */
            goalId?: string | null;
            /** @enum {string} */
            type: "goal_complete";
        } | {
            /** @description What it wants to hear. */
            prompt: string;
            /** @enum {string} */
            type: "waiting_for_input";
        } | {
            /** @description In a few words. */
            message: string;
            /** @enum {string} */
            type: "status_update";
        };
        /**
         * Format: uuid
         * @description Identifies a shared [`Session`](super::Session).
         */
        SessionId: string;
        SessionList: {
            nextCursor: string | null;
            sessions: components["schemas"]["ListedSession"][];
        };
        /** @description How a session is at the moment. */
        SessionNow: {
            /** @description The agent session that is shared. */
            agentSession: components["schemas"]["AgentSession"];
            /** @description The names of those who have a stream of it open, in order of joining. */
            online: string[];
            /**
             * Format: int64
             * @description How many approvals wait in it.
             */
            waiting: number;
        };
        /**
         * @description Where a session is in its life.
         * @enum {string}
         */
        SessionStatus: "active" | "closed" | "expired";
        /** @description What the stream of a session carries: events, which have an id, and frames without a place in the log. */
        SessionStreamFrame: components["schemas"]["Event"] | components["schemas"]["ConnectedFrame"] | components["schemas"]["PresenceFrame"] | components["schemas"]["ResetFrame"] | components["schemas"]["EndFrame"];
        /** @description Its mode, title or expiry changed. */
        SessionUpdatedEvent: {
            /** @description Its mode, title or expiry changed. */
            payload: {
                session: components["schemas"]["Session"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "session_updated";
        };
        SetupRequest: {
            /** @description What the admin is called. */
            name: string;
            password?: components["schemas"]["Password"] | null;
            /** @description The secret of the setup link. */
            secret: string;
        };
        /** @description The session began. */
        SharedSessionCreatedEvent: {
            /** @description The session began. */
            payload: {
                session: components["schemas"]["Session"];
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "shared_session_created";
        };
        Shown: components["schemas"]["Snapshot"] & {
            session: components["schemas"]["SessionBody"];
        };
        SignalRequest: {
            state: components["schemas"]["Presence"];
        };
        /** @description A session as it is at one position of its stream. */
        Snapshot: {
            /** @description The agent session that is shared. */
            agentSession: components["schemas"]["AgentSession"];
            /** @description The pending approvals and the newest 50, newest first. */
            approvals: components["schemas"]["Approval"][];
            /**
             * @description The position of the stream at which all of this is so.
             * @example 118.0123456789abcdef
             */
            asOf: string;
            /** @description Everybody who takes part, or did when it ended, and the newest of those who went before, in order of joining. */
            participants: components["schemas"]["Participant"][];
        };
        /** @description What the agent is doing, in a line. */
        StatusUpdateEvent: {
            /** @description What the agent is doing, in a line. */
            payload: {
                message: string;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "status_update";
        };
        /**
         * @description Why a stream ends. A client comes back only after `shutdown`.
         * @enum {string}
         */
        StreamEnd: "closed" | "expired" | "left" | "removed" | "revoked" | "expired_login" | "shutdown";
        /** @description What somebody who may not decide says about an approval. */
        Suggestion: {
            /** @description What they would do. */
            action: components["schemas"]["Verdict"];
            /** @description When. */
            at: components["schemas"]["Timestamp"];
            /** @description Why. */
            note: string | null;
            /** @description Who. */
            participantId: components["schemas"]["ParticipantId"];
        };
        /**
         * Format: date-time
         * @description A point in time: milliseconds since the Unix epoch, UTC.
         *
         *     Its text is RFC 3339 with milliseconds and `Z`, always 24 characters, so that it sorts as text.
         * @example 2026-11-21T10:41:07.123Z
         */
        Timestamp: string;
        /** @description A token of a user, without its secret. */
        Token: {
            /** @description When it was made. */
            createdAt: components["schemas"]["Timestamp"];
            expiresAt: components["schemas"]["Timestamp"] | null;
            /** @description Identifier, which is no secret. */
            id: components["schemas"]["TokenId"];
            lastUsedAt: components["schemas"]["Timestamp"] | null;
            /** @description What its owner calls it. */
            name: string | null;
            revokedAt: components["schemas"]["Timestamp"] | null;
            /** @description What it may do. */
            scope: components["schemas"]["Scope"];
        };
        /**
         * Format: uuid
         * @description Identifies a user's token.
         */
        TokenId: string;
        TokenList: {
            nextCursor: string | null;
            tokens: components["schemas"]["Token"][];
        };
        TokenLogin: {
            /** @description A user token of scope full. */
            token: string;
        };
        /**
         * @description A tool of an agent that people may call.
         * @example {
         *       "name": "roll_back",
         *       "description": "Back to the release before",
         *       "parameters": {
         *         "type": "object"
         *       },
         *       "timeoutMs": 60000
         *     }
         */
        Tool: {
            /** @description One line about it. */
            description: string;
            /** @description Its name at its agent. */
            name: string;
            /** @description A JSON Schema of its parameters. */
            parameters: unknown;
            /**
             * Format: int64
             * @description How long a call may take, in milliseconds.
             */
            timeoutMs: number;
        };
        /** @description What a tool answered. */
        ToolAnswer: {
            /** @description Which call it was. */
            actionId: components["schemas"]["ActionId"];
            /** @description Why it failed, in its own words; null: it did not. */
            error: string | null;
            /** @description What the tool gave, which may be null; null also where it failed. */
            output: unknown;
        };
        /**
         * @example {
         *       "parameters": {
         *         "branch": "main"
         *       }
         *     }
         */
        ToolCall: {
            /** @description What the tool is given: any JSON; an empty object if absent. */
            parameters?: Record<string, never>;
        };
        ToolList: {
            tools: components["schemas"]["Tool"][];
        };
        /** @description So many of its updates before the session, the oldest, were not kept. */
        UpdatesDroppedEvent: {
            /** @description So many of its updates before the session, the oldest, were not kept. */
            payload: {
                /** Format: int64 */
                count: number;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "updates_dropped";
        };
        /** @description A person with an account. */
        User: {
            /** @description May read everything and manage users; is not host of anything because of it. */
            admin: boolean;
            /** @description When the account was made. */
            createdAt: components["schemas"]["Timestamp"];
            disabledAt: components["schemas"]["Timestamp"] | null;
            /** @description Identifier. */
            id: components["schemas"]["UserId"];
            /** @description What the others call them; unique, without regard to case. */
            name: string;
        };
        UserAnswer: {
            user: components["schemas"]["User"];
        };
        /**
         * @description What an admin wants changed about an account; what is absent stays.
         * @example {
         *       "admin": true
         *     }
         */
        UserChanges: {
            /** @description Whether they may read everything and manage users. */
            admin?: boolean | null;
            /** @description Whether they may not sign in. Nothing of theirs is valid meanwhile. */
            disabled?: boolean | null;
            password?: components["schemas"]["Password"] | null;
        };
        /**
         * Format: uuid
         * @description Identifies a [`User`](super::User): a person with an account.
         */
        UserId: string;
        UserList: {
            nextCursor: string | null;
            users: components["schemas"]["User"][];
        };
        /**
         * @description Yes or no.
         * @enum {string}
         */
        Verdict: "approve" | "reject";
        /** @description What runs here. */
        Version: {
            /** @description Where people reach this server. */
            baseUrl: string;
            /** @description Whether somebody has set it up. */
            isSetUp: boolean;
            /** @description The program's version. */
            version: string;
        };
        /** @description The agent goes on when somebody says something. */
        WaitingForInputEvent: {
            /** @description The agent goes on when somebody says something. */
            payload: {
                prompt: string;
            };
            /**
             * Format: int64
             * @description Its position in the session.
             */
            seq: number;
            /** @description The session. */
            sharedSessionId: components["schemas"]["SessionId"];
            /** @description When it happened. */
            timestamp: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "waiting_for_input";
        };
        /**
         * @description How somebody who joins wants to prove themselves later.
         * @enum {string}
         */
        WantedCredential: "token" | "cookie";
    };
    responses: {
        /** @description `ADMIN_REQUIRED`: only an admin may do this */
        ADMIN_REQUIRED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "ADMIN_REQUIRED";
                };
            };
        };
        /** @description `AGENT_UNAVAILABLE`: the agent cannot be reached */
        AGENT_UNAVAILABLE: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "AGENT_UNAVAILABLE";
                };
            };
        };
        /** @description `ALREADY_SHARED`: the agent session is already shared */
        ALREADY_SHARED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "ALREADY_SHARED";
                };
            };
        };
        /** @description `APPROVAL_ALREADY_RESOLVED`: somebody was first: the approval is already resolved */
        APPROVAL_ALREADY_RESOLVED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "APPROVAL_ALREADY_RESOLVED";
                };
            };
        };
        /** @description `APPROVAL_NOT_FOUND`: there is no such approval */
        APPROVAL_NOT_FOUND: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "APPROVAL_NOT_FOUND";
                };
            };
        };
        /** @description `BUSY`: too much is waiting to be written; try again */
        BUSY: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "BUSY";
                };
            };
        };
        /** @description `COMMENT_NOT_ALLOWED`: you may not comment here */
        COMMENT_NOT_ALLOWED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "COMMENT_NOT_ALLOWED";
                };
            };
        };
        /** @description `DECISION_NOT_ALLOWED`: you may not decide this */
        DECISION_NOT_ALLOWED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "DECISION_NOT_ALLOWED";
                };
            };
        };
        /** @description `DIGEST_MISMATCH`: what you saw is not what is stored; look again */
        DIGEST_MISMATCH: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "DIGEST_MISMATCH";
                };
            };
        };
        /** @description `DISK_FULL`: the disk is full; reading goes on */
        DISK_FULL: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "DISK_FULL";
                };
            };
        };
        /** @description `DISPATCH_NOT_UNKNOWN`: the outcome of this dispatch is not in doubt */
        DISPATCH_NOT_UNKNOWN: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "DISPATCH_NOT_UNKNOWN";
                };
            };
        };
        /** @description `EMPTY_MESSAGE`: the message is empty */
        EMPTY_MESSAGE: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "EMPTY_MESSAGE";
                };
            };
        };
        /** @description `EMPTY_PROMPT`: the prompt is empty */
        EMPTY_PROMPT: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "EMPTY_PROMPT";
                };
            };
        };
        /** @description `HOST_MUST_HAND_OVER`: the host cannot leave without handing over or closing */
        HOST_MUST_HAND_OVER: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "HOST_MUST_HAND_OVER";
                };
            };
        };
        /** @description `HOST_REQUIRED`: only the host of the session may do this */
        HOST_REQUIRED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "HOST_REQUIRED";
                };
            };
        };
        /** @description `HOST_SESSION_NOT_FOUND`: there is no such agent session */
        HOST_SESSION_NOT_FOUND: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "HOST_SESSION_NOT_FOUND";
                };
            };
        };
        /** @description `IDEMPOTENCY_MISMATCH`: this Idempotency-Key was used for another request */
        IDEMPOTENCY_MISMATCH: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "IDEMPOTENCY_MISMATCH";
                };
            };
        };
        /** @description `ILLEGAL_TRANSITION`: that is not possible in the present state */
        ILLEGAL_TRANSITION: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "ILLEGAL_TRANSITION";
                };
            };
        };
        /** @description `INTERNAL`: something went wrong here */
        INTERNAL: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INTERNAL";
                };
            };
        };
        /** @description `INVALID_ACTION`: there is no such action here */
        INVALID_ACTION: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVALID_ACTION";
                };
            };
        };
        /** @description `INVALID_BODY`: the request does not have the expected shape */
        INVALID_BODY: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVALID_BODY";
                };
            };
        };
        /** @description `INVALID_CURSOR`: that position or cursor is malformed */
        INVALID_CURSOR: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVALID_CURSOR";
                };
            };
        };
        /** @description `INVALID_EXPIRY`: expiresInMinutes must be 1 to 525600 */
        INVALID_EXPIRY: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVALID_EXPIRY";
                };
            };
        };
        /** @description `INVALID_INVITE_TOKEN`: this invite is not valid here */
        INVALID_INVITE_TOKEN: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVALID_INVITE_TOKEN";
                };
            };
        };
        /** @description `INVALID_OPTION`: that option is not offered */
        INVALID_OPTION: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVALID_OPTION";
                };
            };
        };
        /** @description `INVALID_PARTICIPANT_TOKEN`: the participant token does not belong to this participant */
        INVALID_PARTICIPANT_TOKEN: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVALID_PARTICIPANT_TOKEN";
                };
            };
        };
        /** @description `INVITE_EXPIRED`: this invite has expired */
        INVITE_EXPIRED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVITE_EXPIRED";
                };
            };
        };
        /** @description `INVITE_REVOKED`: this invite was revoked */
        INVITE_REVOKED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVITE_REVOKED";
                };
            };
        };
        /** @description `INVITE_USED_UP`: this invite has been used as often as it may */
        INVITE_USED_UP: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "INVITE_USED_UP";
                };
            };
        };
        /** @description `METHOD_NOT_ALLOWED`: this path does not take that method */
        METHOD_NOT_ALLOWED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "METHOD_NOT_ALLOWED";
                };
            };
        };
        /** @description `MISSING_HOST_SESSION_ID`: hostSessionId is missing */
        MISSING_HOST_SESSION_ID: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "MISSING_HOST_SESSION_ID";
                };
            };
        };
        /** @description `MISSING_IDEMPOTENCY_KEY`: an Idempotency-Key header is needed here */
        MISSING_IDEMPOTENCY_KEY: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "MISSING_IDEMPOTENCY_KEY";
                };
            };
        };
        /** @description `NOT_FOUND`: there is nothing here */
        NOT_FOUND: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "NOT_FOUND";
                };
            };
        };
        /** @description `NOT_SHARED`: the agent session is not shared */
        NOT_SHARED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "NOT_SHARED";
                };
            };
        };
        /** @description `PARTICIPANT_INACTIVE`: this participant no longer takes part */
        PARTICIPANT_INACTIVE: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "PARTICIPANT_INACTIVE";
                };
            };
        };
        /** @description `PARTICIPANT_NOT_FOUND`: there is no such participant */
        PARTICIPANT_NOT_FOUND: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "PARTICIPANT_NOT_FOUND";
                };
            };
        };
        /** @description `PROMPT_NOT_ALLOWED`: you may not prompt the agent here */
        PROMPT_NOT_ALLOWED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "PROMPT_NOT_ALLOWED";
                };
            };
        };
        /** @description `RATE_LIMITED`: too many requests */
        RATE_LIMITED: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "RATE_LIMITED";
                };
            };
        };
        /** @description `SESSION_INACTIVE`: the session has ended */
        SESSION_INACTIVE: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "SESSION_INACTIVE";
                };
            };
        };
        /** @description `SESSION_NOT_FOUND`: there is no such session */
        SESSION_NOT_FOUND: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "SESSION_NOT_FOUND";
                };
            };
        };
        /** @description `TEXT_NOT_ALLOWED`: the text has characters that are not allowed */
        TEXT_NOT_ALLOWED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "TEXT_NOT_ALLOWED";
                };
            };
        };
        /** @description `TOKEN_ALREADY_USED`: the secret has been used already */
        TOKEN_ALREADY_USED: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "TOKEN_ALREADY_USED";
                };
            };
        };
        /** @description `TOKEN_IN_URL`: a secret must not travel in a URL */
        TOKEN_IN_URL: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "TOKEN_IN_URL";
                };
            };
        };
        /** @description `TOO_LARGE`: that is too large */
        TOO_LARGE: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "TOO_LARGE";
                };
            };
        };
        /** @description `UNAUTHENTICATED`: missing or invalid credentials */
        UNAUTHENTICATED: {
            headers: {
                /** @description How to say who asks: `Bearer`. */
                "WWW-Authenticate": string;
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "UNAUTHENTICATED";
                };
            };
        };
        /** @description `UNSUPPORTED_MEDIA_TYPE`: send content-type: application/json */
        UNSUPPORTED_MEDIA_TYPE: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "UNSUPPORTED_MEDIA_TYPE";
                };
            };
        };
        /** @description `WRONG_HOST`: this server is not known by that name */
        WRONG_HOST: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"] & {
                    /** @enum {unknown} */
                    code?: "WRONG_HOST";
                };
            };
        };
    };
    parameters: {
        /** @description Fresh for each request: the same request with the same key is done once, and answered again for 7 days. */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: {
        /** @description `true` where the answer repeats an earlier one; else absent. */
        IdempotentReplay: "true";
        /** @description Names the request in the log. */
        RequestId: string;
        /** @description After how many seconds to try again. */
        RetryAfter: number;
        /** @description The login cookie. */
        SetCookie: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
