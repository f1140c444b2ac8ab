package dev.evalstore.exchange;

/** On whose authority a verification is done. */
public enum VerificationKind {
    /** By the platform, by its workers or its people. */
    PLATFORM,
    /** By an auditor, a person from outside. */
    AUDITOR;

    /** The level that a submission has when a verification of this kind confirms it. */
    public VerificationLevel level() {
        return this == PLATFORM ? VerificationLevel.PLATFORM_VERIFIED : VerificationLevel.AUDITED;
    }
}
