package dev.evalstore.reliability;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
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
                        VersionedWrites.versions(),
                        AccountWrites.audit(),
                        StateWrites.state(),
                        StateWrites.locks(),
                        MaintenanceWrites.maintenance())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * One of so many, others each day: all of them, in each way, take an hour. {@code -Doutcomes=all} takes all, and a number those
     * of that day.
     */
    static Stream<Write<?>> todays(List<Write<?>> writes, int share) {
        String asked = System.getProperty(
                "outcomes", Long.toString(LocalDate.now(ZoneOffset.UTC).toEpochDay()));
        return IntStream.range(0, writes.size())
                .filter(i -> asked.equals("all") || (i + Long.parseLong(asked)) % share == 0)
                .mapToObj(writes::get);
    }

    static Object done(Runnable action) {
        action.run();
        return true;
    }
}
