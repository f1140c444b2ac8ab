package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.User;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.ConfidenceInterval;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewCommunityVerification;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewSubmission.Run;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.NewVerification;
import dev.evalstore.exchange.NewVerificationResult;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.SubmittedSubmission;
import dev.evalstore.exchange.Verification;
import dev.evalstore.exchange.VerificationKind;
import dev.evalstore.exchange.VoteDirection;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.Organization;
import dev.evalstore.organization.OrganizationType;
import dev.evalstore.testing.LocalServer;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Fills an exchange, so that there is something to try things on: organizations with members, definitions with versions and test
 * cases, submissions with case results, verifications and votes, and proposals with reviews and votes. The same organizations and the same seed are the same data, but for
 * ids and the server's times; data of other seeds stays beside it. After an interruption it is called again: what is there already
 * is left alone.
 */
public final class SampleData {
    private static final int CASES = 20;
    private static final int SUBMISSIONS = 30;
    private static final List<String> NAMES = List.of("ada", "bo", "cy", "di", "eve");
    private static final List<String> SUBJECTS = List.of("sums", "dates", "maps", "poems", "laws", "genes", "chess");
    private static final List<String> PROVIDERS = List.of("Acme", "Bolt", "Cell", "Dime");
    private static final List<String> MODELS = List.of("Tiny", "Small", "Medium", "Large", "Huge");
    private static final Instant FIRST_RUN = Instant.parse("2026-01-01T00:00:00Z");
    private static final PrimaryMetric ACCURACY = PrimaryMetric.of(
                    "accuracy", "The share of right answers.", "accuracy")
            .range(0, 1);
    private static final PrimaryMetric LATENCY = PrimaryMetric.of(
                    "latency", "From request to last token, at the median.", "latency")
            .unit("ms")
            .higherIsBetter(false);

    private final Database db;
    private final long seed;
    private final PrintStream out;
    private final List<Lab> labs = new ArrayList<>();
    private final List<User> reviewers = new ArrayList<>();

    /** An organization, and what it publishes: a version with test cases, the same once more, and one without test cases. */
    private record Lab(Organization organization, List<User> members, List<DefinitionVersion> versions) {}

    SampleData(Database db, long seed, PrintStream out) {
        this.db = db;
        this.seed = seed;
        this.out = out;
    }

    /** Takes how many organizations, and the seed. {@code EVALSTORE_URL} names the server to fill; without it nothing stays. */
    public static void main(String[] args) {
        Usage.require(
                args.length == 2 && Usage.isCount(args[0]) && args[1].matches("[0-9]{1,9}"),
                "SampleData <organizations> <seed>");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new SampleData(db, Long.parseLong(args[1]), System.out).fill(Integer.parseInt(args[0]));
        }
    }

    /** Each organization submits to what it and those before it publish: so more organizations leave the first ones as they are. */
    void fill(int organizations) {
        NAMES.forEach(name -> reviewers.add(user("sample-" + seed + "-reviewer-" + name)));
        Progress progress = Progress.on(out);
        int submitted = 0;
        int proposed = 0;
        for (int lab = 0; lab < organizations; lab++) {
            labs.add(publish("sample-" + seed + "-" + lab, random(lab, 0)));
            progress.show(25.0 * (lab + 1) / organizations, "organization " + (lab + 1) + " of " + organizations);
        }
        for (int lab = 0; lab < organizations; lab++) {
            for (int run = 1; run <= SUBMISSIONS; run++) {
                submitted += submit(lab, run) ? 1 : 0;
            }
            proposed += propose(lab);
            progress.show(
                    25 + 75.0 * (lab + 1) / organizations,
                    "submissions of organization " + (lab + 1) + " of " + organizations);
        }
        progress.end();
        out.printf(
                Locale.ROOT,
                "%d organizations with %d definitions and %d members; %d submissions, %d of them new%n",
                organizations,
                2 * organizations,
                labs.stream().mapToInt(lab -> lab.members().size()).sum(),
                organizations * SUBMISSIONS,
                submitted);
        out.printf(Locale.ROOT, "%d proposals, %d of them new%n", organizations * SampleProposals.EACH, proposed);
    }

    /** One for each purpose: so what is there already does not change what the others draw. */
    private Random random(int lab, int purpose) {
        return new Random((seed * 1_000_003 + lab) * 1_009 + purpose);
    }

    private Lab publish(String name, Random random) {
        List<User> members = NAMES.subList(0, 2 + random.nextInt(NAMES.size() - 1)).stream()
                .map(member -> user(name + "-" + member))
                .toList();
        OrganizationType type = pick(random, List.of(OrganizationType.values()));
        String subject = pick(random, SUBJECTS);
        Organization organization = db.organizations()
                .findBySlug(name)
                .orElseGet(() -> db.organizations()
                        .create(
                                NewOrganization.of(name, "Lab " + name, type),
                                members.get(0).id()));
        for (User member : members) {
            if (db.organizations().findMember(organization.id(), member.id()).isEmpty()) {
                db.organizations().addMember(organization.id(), member.id());
            }
        }
        DefinitionRepository definitions = db.exchange().definitions();
        UUID asked = definition(
                organization,
                name + "-" + subject,
                DefinitionCategory.ACCURACY,
                NewDefinitionVersion.of("The first cases.", ACCURACY).cases(cases(subject, random)));
        DefinitionVersion further = definitions
                .version(asked, "1.1.0")
                .orElseGet(() -> definitions.publish(
                        asked,
                        "1.1.0",
                        NewDefinitionVersion.of("The same cases again.", ACCURACY)
                                .copyCases()));
        UUID timed = definition(
                organization,
                name + "-speed",
                DefinitionCategory.PERFORMANCE,
                NewDefinitionVersion.of("The first version.", LATENCY)
                        .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0)));
        return new Lab(
                organization,
                members,
                List.of(
                        definitions.version(asked, "1.0.0").orElseThrow(),
                        further,
                        definitions.version(timed, "1.0.0").orElseThrow()));
    }

    private User user(String name) {
        return db.users()
                .findByUsername(name)
                .orElseGet(() -> db.users().create(NewUser.of(name + "@example.org", name)));
    }

    /** In one commit, so that there is never a draft of it. */
    private UUID definition(
            Organization organization, String slug, DefinitionCategory category, NewDefinitionVersion first) {
        NewBenchmarkDefinition definition = NewBenchmarkDefinition.of(
                        slug, "Sample " + slug, "Made to try things on, out of chance.", category, "CC0-1.0")
                .tags("sample")
                .organization(organization.id());
        return db.exchange()
                .definitions()
                .findBySlug(slug)
                .orElseGet(() -> db.inTransaction(tx -> {
                    DefinitionRepository definitions = tx.exchange().definitions();
                    UUID id = definitions.create(definition, "1.0.0", first).id();
                    definitions.submitForReview(id);
                    return definitions.activate(id);
                }))
                .id();
    }

    private static List<NewTestCase> cases(String subject, Random random) {
        List<NewTestCase> cases = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            int left = random.nextInt(100);
            int right = random.nextInt(100);
            cases.add(NewTestCase.of(key(i), "Of " + subject + ", " + i, "What is {{left}} + {{right}}?")
                    .tags(subject)
                    .variables(Json.of(Map.of("left", left, "right", right)))
                    .accept(ExpectedOutput.exact(Integer.toString(left + right)))
                    .sortOrder(i));
        }
        return cases;
    }

    private static String key(int number) {
        return String.format(Locale.ROOT, "case-%02d", number);
    }

    /** A submission with what happens to it, in one commit. Whether it is new. */
    private boolean submit(int number, int run) {
        Random random = random(number, run);
        Lab lab = labs.get(number);
        User submitter = pick(random, lab.members());
        DefinitionVersion version =
                pick(random, pick(random, labs.subList(0, number + 1)).versions());
        int size = random.nextInt(MODELS.size());
        SubmittedModel model = SubmittedModel.of(pick(random, PROVIDERS), MODELS.get(size));
        Instant started = FIRST_RUN.plus(Duration.ofHours(run)).plus(Duration.ofMinutes(number));
        Run ran = new Run(
                lab.organization().slug() + "-" + run, started, started.plusSeconds(60L + random.nextInt(3_000)));
        Submitter by = Submitter.user(submitter.id(), submitter.username())
                .organization(lab.organization().id());
        NewSubmission submission = version.primaryMetric().name().equals(LATENCY.name())
                ? timed(NewSubmission.of(version, model, by, ran, 100 + 50 * size + random.nextInt(400)), random)
                : scored(version, model, by, ran, random, 0.4 + 0.12 * size);
        int fate = random.nextInt(10);
        SubmissionVisibility visibility = fate == 0
                ? SubmissionVisibility.PRIVATE
                : fate == 1
                        ? SubmissionVisibility.UNLISTED
                        : submission.listing().visibility();
        return db.inTransaction(tx -> {
            SubmittedSubmission stored = tx.exchange().submissions().submit(submission.visibility(visibility));
            if (stored.isNew() && fate >= 5) {
                verify(tx.exchange(), stored.submission(), fate);
            }
            return stored.isNew();
        });
    }

    /** About what has no test cases. */
    private int propose(int number) {
        Lab lab = labs.get(number);
        return new SampleProposals(db, lab.members().get(0), reviewers, random(number, SUBMISSIONS + 1))
                .fill(lab.organization().slug(), lab.versions().get(2).definitionId());
    }

    private static NewSubmission timed(NewSubmission submission, Random random) {
        double latency = submission.results().reportedScore();
        return submission.metrics(List.of(
                SubmissionMetric.of(LATENCY.name(), latency).unit("ms"),
                SubmissionMetric.of("throughput", 10 + random.nextInt(90)).unit("tokens/s")));
    }

    private static NewSubmission scored(
            DefinitionVersion version, SubmittedModel model, Submitter by, Run ran, Random random, double ability) {
        List<NewCaseResult> results = new ArrayList<>();
        int passed = 0;
        for (int i = 0; i < CASES; i++) {
            boolean isRight = random.nextDouble() < ability;
            passed += isRight ? 1 : 0;
            results.add((isRight ? NewCaseResult.passed(key(i)) : NewCaseResult.failed(key(i)))
                    .latencyMs(50 + random.nextInt(1_000))
                    .usage(20, 1 + random.nextInt(50), BigDecimal.valueOf(1 + random.nextInt(900), 6)));
        }
        double score = passed / (double) CASES;
        double error = 1.96 * Math.sqrt(score * (1 - score) / CASES);
        return NewSubmission.of(version, model, by, ran, score)
                .confidenceInterval(
                        new ConfidenceInterval(Math.max(0, score - error), Math.min(1, score + error), 0.95))
                .cases(results);
    }

    /** By users who belong to no organization: some by the platform, some by an auditor, some by the community. */
    private void verify(Exchange exchange, Submission submission, int fate) {
        UUID first = reviewers.get(0).id();
        if (fate >= 8) {
            UUID report = exchange.communityVerifications()
                    .create(NewCommunityVerification.of(submission.id(), first, true, "A rented machine."))
                    .id();
            reviewers
                    .subList(1, fate == 8 ? reviewers.size() : 2)
                    .forEach(user -> exchange.communityVerifications().vote(report, user.id(), VoteDirection.UP));
        } else {
            VerificationKind kind = fate == 7 ? VerificationKind.AUDITOR : VerificationKind.PLATFORM;
            Verification request = exchange.verifications().request(NewVerification.of(submission.id(), kind));
            exchange.verifications()
                    .complete(
                            exchange.verifications()
                                    .claimByPerson(request.id(), first)
                                    .lease(),
                            NewVerificationResult.confirmed(submission.aggregateScore(), true));
        }
    }

    private static <T> T pick(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
