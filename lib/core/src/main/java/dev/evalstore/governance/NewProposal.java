package dev.evalstore.governance;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A proposal to create, as a draft; {@link Proposal} describes the fields.
 *
 * @param title not blank, at most 200 characters
 * @param description not blank, at most 20,000 characters
 * @param rationale 10 to 20,000 characters
 * @param subject what it is about, by its kind
 * @param rules by which votes decide about it
 * @param discussionUrl beginning with http:// or https:// in lower case, at most 2,000 characters, or null
 * @param createdBy the user who proposes it; null for the platform
 */
public record NewProposal(
        String title,
        String description,
        String rationale,
        Subject subject,
        Rules rules,
        @Nullable String discussionUrl,
        @Nullable UUID createdBy) {
    public NewProposal {
        ProposalRules.title(title);
        ProposalRules.description(description);
        ProposalRules.rationale(rationale);
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(rules, "rules");
        ProposalRules.discussionUrl(discussionUrl);
    }

    /** With a quorum of this power, and a threshold of 0.66. */
    public static NewProposal of(String title, String description, String rationale, Subject subject, long quorum) {
        return new NewProposal(
                title, description, rationale, subject, new Rules(quorum, ProposalRules.DEFAULT_THRESHOLD), null, null);
    }

    /** From 0.5 to 1, with at most six decimals. Two thirds are none of them: of 3 votes, 2 are less than 0.666667. */
    public NewProposal threshold(BigDecimal value) {
        return new NewProposal(
                title, description, rationale, subject, new Rules(rules.quorum(), value), discussionUrl, createdBy);
    }

    public NewProposal discussionUrl(String value) {
        return new NewProposal(
                title,
                description,
                rationale,
                subject,
                rules,
                Objects.requireNonNull(value, "discussionUrl"),
                createdBy);
    }

    public NewProposal createdBy(UUID user) {
        return new NewProposal(
                title,
                description,
                rationale,
                subject,
                rules,
                discussionUrl,
                Objects.requireNonNull(user, "createdBy"));
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewProposal[kind=" + subject.kind() + ", definitionId=" + subject.definitionId() + ", rules=" + rules
                + ", createdBy=" + createdBy + "]";
    }

    /**
     * What a proposal is about.
     *
     * @param definitionId of an update and a deprecation; otherwise null
     * @param proposedDefinition of a new benchmark and an update, as {@link ProposedDefinition} says; otherwise null
     */
    public record Subject(
            ProposalKind kind,
            @Nullable UUID definitionId,
            @Nullable Json proposedDefinition) {
        public Subject {
            boolean hasDefinition = kind == ProposalKind.UPDATE_BENCHMARK || kind == ProposalKind.DEPRECATE_BENCHMARK;
            if (hasDefinition != (definitionId != null)) {
                throw new IllegalArgumentException("definitionId must" + (hasDefinition ? "" : " not")
                        + " be given for " + Objects.requireNonNull(kind, "kind"));
            }
            ProposedDefinition.check(Objects.requireNonNull(kind, "kind"), proposedDefinition);
        }

        /** A definition that does not exist yet. */
        public static Subject newBenchmark(Json proposedDefinition) {
            return new Subject(
                    ProposalKind.NEW_BENCHMARK, null, Objects.requireNonNull(proposedDefinition, "proposedDefinition"));
        }

        /** Changes of a definition. */
        public static Subject updateBenchmark(UUID definition, Json proposedDefinition) {
            return new Subject(
                    ProposalKind.UPDATE_BENCHMARK,
                    Objects.requireNonNull(definition, "definition"),
                    Objects.requireNonNull(proposedDefinition, "proposedDefinition"));
        }

        /** The deprecation of a definition; its reason is the proposal's rationale. */
        public static Subject deprecateBenchmark(UUID definition) {
            return new Subject(
                    ProposalKind.DEPRECATE_BENCHMARK, Objects.requireNonNull(definition, "definition"), null);
        }

        /** What no definition has. */
        public static Subject policyChange() {
            return new Subject(ProposalKind.POLICY_CHANGE, null, null);
        }
    }

    /**
     * By what votes decide.
     *
     * @param quorum so much power must vote, abstentions included; 1 to 1,000,000,000,000
     * @param threshold the share of the power for and against that must be for it, from 0.5 to 1, with at most six decimals
     */
    public record Rules(long quorum, BigDecimal threshold) {
        public Rules {
            ProposalRules.quorum(quorum);
            ProposalRules.threshold(threshold);
        }
    }
}
