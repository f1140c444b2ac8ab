package dev.evalstore.organization;

/** What sort of organization it is. */
public enum OrganizationType {
    /** Makes or serves language models. */
    LLM_PROVIDER,
    /** A university or institute. */
    RESEARCH_INSTITUTION,
    /** A company that uses models. */
    ENTERPRISE,
    /** A project in the open. */
    OPEN_SOURCE,
    /** One person. */
    INDIVIDUAL
}
