package dev.evalstore.examples;

import dev.evalstore.ActingContext;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.account.Invitation;
import dev.evalstore.account.IssuedToken;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.User;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.exchange.Aggregation;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.Bump;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionMatches;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Execution;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.OutputCheck;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.TestCase;
import dev.evalstore.exchange.TestCaseFilter;
import dev.evalstore.exchange.TestCaseRepository;
import dev.evalstore.exchange.UpdateTestCase;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.Organization;
import dev.evalstore.organization.OrganizationType;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two organizations publish benchmarks. One makes test cases of lm-evaluation-harness results and goes from a prerelease to a
 * minor version; the other has a test case for each way to check an output. Then a password is reset.
 */
public final class ExchangeTour {
    private static final PrimaryMetric ACCURACY = PrimaryMetric.of(
                    "accuracy", "The share of the questions that were answered right.", "accuracy")
            .unit("%")
            .range(0, 100);

    private final Database db;
    private final DefinitionRepository definitions;
    private final TestCaseRepository testCases;
    private final PrintStream out;

    ExchangeTour(Database db, PrintStream out) {
        this.db = db;
        this.definitions = db.exchange().definitions();
        this.testCases = db.exchange().testCases();
        this.out = out;
    }

    /** Takes the folder; ends with 1 if no file in it could be read. {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws IOException {
        Usage.require(
                args.length == 1 && Files.isDirectory(Path.of(args[0])),
                "ExchangeTour <folder of lm-evaluation-harness result files, *.json>");
        boolean told;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            told = new ExchangeTour(db, System.out).run(Path.of(args[0]));
        }
        if (!told) {
            System.exit(1);
        }
    }

    /** Whether there was a test case to begin with. */
    boolean run(Path folder) throws IOException {
        LmEvalCases harness = LmEvalCases.read(folder);
        harness.skipped().forEach(out::println);
        if (harness.tasks() == 0) {
            out.println("no result file in " + folder);
            return false;
        }
        User ada = db.users().create(NewUser.of("ada@example.org", "ada").password("what I always use"));
        User bo = db.users().create(NewUser.of("bo@example.org", "bo"));
        Organization lab = organize("north-lab", "North Lab", OrganizationType.RESEARCH_INSTITUTION, ada);
        Organization works = organize("model-works", "Model Works", OrganizationType.ENTERPRISE, bo);
        invite(lab, bo);
        BenchmarkDefinition suite = draft(lab, ada, harness);
        BenchmarkDefinition forms = publishForms(works, bo);
        release(suite);
        activate(suite, ada);
        find();
        score(suite, harness);
        check(forms);
        resetPassword(ada);
        history(suite);
        return true;
    }

    private Organization organize(String slug, String name, OrganizationType type, User owner) {
        Organization created = db.organizations().create(NewOrganization.of(slug, name, type), owner.id());
        try {
            db.organizations().leave(created.id(), owner.id());
        } catch (ConflictException e) {
            say("organization", "%s; its only owner, %s, cannot leave", created.name(), owner.username());
        }
        return created;
    }

    /** The secret would be mailed; whoever reads the mail presents it. */
    private void invite(Organization lab, User invited) {
        IssuedToken mailed = db.users().tokens().invite(lab.id(), invited.email(), Duration.ofDays(7), null);
        db.useTransaction(tx -> {
            Invitation invitation =
                    tx.users().tokens().redeemInvitation(mailed.secret()).orElseThrow();
            User member = tx.users().findByEmail(invitation.email()).orElseThrow();
            tx.organizations().addMember(invitation.organizationId(), member.id());
        });
        say(
                "invitation",
                "%s is a member of %d organizations; redeemed and joined in one commit",
                invited.username(),
                db.organizations().ofUser(invited.id(), 10, null).items().size());
    }

    private BenchmarkDefinition draft(Organization lab, User author, LmEvalCases harness) {
        NewBenchmarkDefinition suite = NewBenchmarkDefinition.of(
                        "pythia-suite",
                        "Pythia suite",
                        "The tasks on which the Pythia models were evaluated.",
                        DefinitionCategory.ACCURACY,
                        "Apache-2.0")
                .tags("multiple-choice", "language")
                .organization(lab.id())
                .maintainers(List.of(author.id()));
        BenchmarkDefinition created = as(author)
                .exchange()
                .definitions()
                .create(
                        suite,
                        "1.0.0-rc.1",
                        NewDefinitionVersion.of("All tasks, for review.", ACCURACY)
                                .cases(harness.newCases()));
        say(
                "draft",
                "1.0.0-rc.1, %d test cases of %d tasks, %s solved examples; one commit",
                cases(latest(created)).size(),
                harness.tasks(),
                harness.shots());
        say("difficulty", "%s", harness.difficulties());
        return created;
    }

    private BenchmarkDefinition publishForms(Organization works, User author) {
        NewBenchmarkDefinition forms = NewBenchmarkDefinition.of(
                        "answer-forms",
                        "Answer forms",
                        "Each way to check an answer, tried with Pythia models.",
                        DefinitionCategory.RELIABILITY,
                        "MIT")
                .organization(works.id());
        DefinitionRepository mine = as(author).exchange().definitions();
        BenchmarkDefinition created = mine.create(
                forms,
                "1.0.0",
                NewDefinitionVersion.of("One case for each way.", ACCURACY)
                        .cases(AnswerForm.ALL.stream().map(AnswerForm::newCase).toList()));
        mine.submitForReview(created.id());
        return mine.activate(created.id());
    }

    private void release(BenchmarkDefinition suite) {
        DefinitionVersion release = definitions.publish(
                suite.id(),
                "1.0.0",
                NewDefinitionVersion.of("The release, as reviewed.", ACCURACY).copyCases());
        TestCase first = cases(release).get(0);
        say(
                "release",
                "%s with the cases of its parent, %d",
                release.semver(),
                cases(release).size());
        say(
                "render",
                "%s",
                testCases
                        .render(first, Map.of("question", "Which is the largest?"))
                        .replace("\n", " / "));
    }

    private void activate(BenchmarkDefinition suite, User author) {
        DefinitionRepository mine = as(author).exchange().definitions();
        TestCase first = cases(latest(suite)).get(0);
        mine.submitForReview(suite.id());
        say(
                "search",
                "under review it is not found: %d",
                search("pyth suit").items().size());
        mine.activate(suite.id());
        try {
            testCases.update(first.id(), UpdateTestCase.NOTHING.weight(0.5));
        } catch (ConflictException e) {
            say(
                    "active",
                    "%s is closed: its cases change no more",
                    latest(suite).semver());
        }
        mine.publish(
                suite.id(),
                Bump.MINOR,
                NewDefinitionVersion.of("The same cases, retried less.", ACCURACY)
                        .execution(Execution.DEFAULT.maxRetries(1))
                        .copyCases());
        say(
                "versions",
                "%s; the latest is %s",
                definitions.history(suite.id(), 10, null).items().stream()
                        .map(DefinitionVersion::semver)
                        .toList(),
                latest(suite).semver());
    }

    private void find() {
        for (String typed : List.of("pyth", "mult choi")) {
            say(
                    "search",
                    "\"%s\" finds %s",
                    typed,
                    search(typed).items().stream()
                            .map(BenchmarkDefinition::name)
                            .toList());
        }
    }

    private DefinitionMatches search(String typed) {
        return definitions.search(typed, 10);
    }

    /** A case that was not scored counts 0. */
    private void score(BenchmarkDefinition suite, LmEvalCases harness) {
        DefinitionVersion version = latest(suite);
        List<TestCase> cases = cases(version);
        Aggregation aggregation = Aggregation.of(version, cases);
        String best = Collections.max(
                harness.models(), Comparator.comparingDouble(model -> aggregation.aggregate(harness.scores(model))));
        say(
                "aggregate",
                "%.2f %s by %s, which has a score in %d of %d cases",
                aggregation.aggregate(harness.scores(best)),
                version.primaryMetric().unit(),
                best,
                harness.scores(best).size(),
                cases.size());
    }

    private void check(BenchmarkDefinition forms) {
        DefinitionVersion version = latest(forms);
        for (AnswerForm form : AnswerForm.ALL) {
            TestCase stored =
                    testCases.findByKey(version.id(), form.newCase().caseKey()).orElseThrow();
            say(
                    stored.caseKey(),
                    "%-14s %s, %-22s %s",
                    form.good(),
                    verdict(stored, form.good()),
                    form.bad(),
                    verdict(stored, form.bad()));
        }
    }

    private static String verdict(TestCase stored, String output) {
        return OutputCheck.check(stored, output, AnswerForm::meansTheSame).passed() ? "passes" : "fails";
    }

    private void resetPassword(User user) {
        IssuedToken mailed = db.users().tokens().issue(user.id(), TokenPurpose.PASSWORD_RESET, Duration.ofHours(1));
        boolean first = reset(mailed.secret());
        say("password reset", "with the secret mailed: %s, with the same again: %s", first, reset(mailed.secret()));
        say(
                "log in",
                "old password %s, new password %s",
                db.users().authenticate(user.username(), "what I always use").isPresent(),
                db.users().authenticate(user.username(), "chosen anew").isPresent());
    }

    private boolean reset(String secret) {
        return db.users().tokens().resetPassword(secret, "chosen anew").isPresent();
    }

    /** Nobody wrote these entries: they came with the changes, in the same commits. */
    private void history(BenchmarkDefinition suite) {
        List<AuditEntry> entries =
                db.audit().history("benchmark_definition", suite.id(), 10, null).items();
        say(
                "audit",
                "%s",
                entries.stream()
                        .map(entry -> entry.action() + " by " + entry.actorLabel())
                        .toList());
    }

    private Database as(User user) {
        return db.actingAs(ActingContext.of(user.asActor()));
    }

    /** The prerelease too, while there is no release. */
    private DefinitionVersion latest(BenchmarkDefinition definition) {
        return definitions.latest(definition.id(), true).orElseThrow();
    }

    private List<TestCase> cases(DefinitionVersion version) {
        List<TestCase> cases = new ArrayList<>();
        testCases.stream(TestCaseFilter.version(version.id()), cases::add);
        return cases;
    }

    private void say(String what, String text, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-22s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
