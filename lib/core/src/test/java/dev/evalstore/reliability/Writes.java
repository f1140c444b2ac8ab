package dev.evalstore.reliability;

import java.util.List;
import java.util.stream.Stream;

/** Every method of every room that writes; {@link UnknownOutcomeTest} fails where one is missing. */
final class Writes {
    private Writes() {}

    static List<Write<?>> all() {
        return Stream.of(
                        BenchmarkWrites.benchmarks(),
                        BenchmarkWrites.catalog(),
                        JobWrites.jobs(),
                        JobWrites.workers(),
                        MatrixWrites.matrix(),
                        AccountWrites.accounts(),
                        ExchangeWrites.definitions(),
                        VersionWrites.versions(),
                        CaseWrites.testCases(),
                        SubmissionWrites.submissions(),
                        VerificationWrites.verifications(),
                        CommunityWrites.communityVerifications(),
                        ProposalWrites.proposals(),
                        ReviewWrites.reviews(),
                        ExperimentWrites.datasets(),
                        ExperimentWrites.experiments(),
                        FeedbackWrites.feedback(),
                        FeedbackWrites.costs(),
                        ComparisonWrites.comparisons(),
                        VerifierKeyWrites.verifierKeys(),
                        SubscriptionWrites.subscriptions(),
                        EventWrites.events(),
                        StatisticsWrites.statistics(),
                        BoardWrites.leaderboards(),
                        AccountWrites.tokens(),
                        OrganizationWrites.organizations(),
                        AccountWrites.audit(),
                        StateWrites.state(),
                        StateWrites.locks(),
                        MaintenanceWrites.maintenance())
                .flatMap(List::stream)
                .toList();
    }

    static Object done(Runnable action) {
        action.run();
        return true;
    }
}
