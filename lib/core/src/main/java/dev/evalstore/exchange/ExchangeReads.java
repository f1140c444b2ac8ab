package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;

/** What of the room {@link Exchange} only reads. */
public sealed class ExchangeReads permits Exchange {
    final Jdbc jdbc;

    /** Called by {@code Reading} alone. */
    public ExchangeReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Benchmark definitions and their versions. */
    public DefinitionReads definitions() {
        return new DefinitionReads(jdbc);
    }

    /** The test cases of versions. */
    public TestCaseReads testCases() {
        return new TestCaseReads(jdbc);
    }

    /** Submissions: the results of models on versions. */
    public SubmissionReads submissions() {
        return new SubmissionReads(jdbc);
    }

    /** Verifications of submissions by workers and by people. */
    public VerificationReads verifications() {
        return new VerificationReads(jdbc);
    }

    /** Reports of users who ran submissions again, and the votes on them. */
    public CommunityVerificationReads communityVerifications() {
        return new CommunityVerificationReads(jdbc);
    }

    /** The boards of versions: each model's best submission, now and as of a moment. */
    public LeaderboardReads leaderboards() {
        return new LeaderboardReads(jdbc);
    }

    /** Figures over definitions, users and models. */
    public StatisticsReads statistics() {
        return new StatisticsReads(jdbc);
    }

    /** The keys by which verifiers sign what they found. */
    public VerifierKeyReads verifierKeys() {
        return new VerifierKeyReads(jdbc);
    }
}
