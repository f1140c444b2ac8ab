package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;

/** The exchange: the benchmark definitions that organizations publish and others run. */
public final class Exchange extends ExchangeReads {
    /** Called by {@code Repositories} alone. */
    public Exchange(Jdbc jdbc) {
        super(jdbc);
    }

    /** Benchmark definitions and their versions. */
    @Override
    public DefinitionRepository definitions() {
        return new DefinitionRepository(jdbc);
    }

    /** The test cases of versions. */
    @Override
    public TestCaseRepository testCases() {
        return new TestCaseRepository(jdbc);
    }

    /** Submissions: the results of models on versions. */
    @Override
    public SubmissionRepository submissions() {
        return new SubmissionRepository(jdbc);
    }

    /** Verifications of submissions by workers and by people. */
    @Override
    public VerificationRepository verifications() {
        return new VerificationRepository(jdbc);
    }

    /** Reports of users who ran submissions again, and the votes on them. */
    @Override
    public CommunityVerificationRepository communityVerifications() {
        return new CommunityVerificationRepository(jdbc);
    }

    /** The boards of versions: each model's best submission, now and as of a moment. */
    @Override
    public LeaderboardRepository leaderboards() {
        return new LeaderboardRepository(jdbc);
    }

    /** Figures over definitions, users and models. */
    @Override
    public StatisticsRepository statistics() {
        return new StatisticsRepository(jdbc);
    }

    /** The keys by which verifiers sign what they found. */
    @Override
    public VerifierKeyRepository verifierKeys() {
        return new VerifierKeyRepository(jdbc);
    }
}
