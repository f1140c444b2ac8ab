package dev.evalstore.governance;

/** What a proposal proposes to change. Each kind demands its own fields. */
public enum ProposalKind {
    /** A definition that does not exist yet; {@link ProposedDefinition} is the document that proposes it. */
    NEW_BENCHMARK,
    /** What is to change in a definition, by such a document. */
    UPDATE_BENCHMARK,
    /** To advise against an active definition. */
    DEPRECATE_BENCHMARK,
    /** Something that no definition has; nothing is applied. */
    POLICY_CHANGE
}
