package dev.evalstore.examples;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.Cleanup;
import dev.evalstore.CommitToken;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Maintenance;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.Reading;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.IssuedToken;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.User;
import dev.evalstore.account.VerifiedKey;
import dev.evalstore.analysis.Comparison;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.export.EvaluationExport;
import dev.evalstore.analysis.export.ExportFormat;
import dev.evalstore.analysis.export.ExportSummary;
import dev.evalstore.analysis.report.Report;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.backup.BackupSchedule;
import dev.evalstore.backup.ExportOptions;
import dev.evalstore.backup.ExportReport;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.BenchmarkStatus;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationOrder;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.cache.CacheOptions;
import dev.evalstore.cache.CachedStore;
import dev.evalstore.cache.ModelDetails;
import dev.evalstore.cache.RedisCache;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.IssuedSubscription;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.OnPoison;
import dev.evalstore.event.WebhookMessage;
import dev.evalstore.event.WebhookOptions;
import dev.evalstore.event.WebhookVerifier;
import dev.evalstore.exchange.Aggregation;
import dev.evalstore.exchange.Attestation;
import dev.evalstore.exchange.AttestationCheck;
import dev.evalstore.exchange.AttestationEvidence;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.CaseScore;
import dev.evalstore.exchange.ClaimedVerification;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionMatches;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.exchange.LeaderboardRepository;
import dev.evalstore.exchange.ModelSubject;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewSubmission.Run;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.NewVerification;
import dev.evalstore.exchange.NewVerificationResult;
import dev.evalstore.exchange.NewVerifierKey;
import dev.evalstore.exchange.OutputCheck;
import dev.evalstore.exchange.PastLeaderboards;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionFilter;
import dev.evalstore.exchange.SubmissionRepository;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.SubmittedSubmission;
import dev.evalstore.exchange.TestCase;
import dev.evalstore.exchange.TestCaseFilter;
import dev.evalstore.exchange.TestCaseRepository;
import dev.evalstore.exchange.Tier;
import dev.evalstore.exchange.TierMethod;
import dev.evalstore.exchange.Verification;
import dev.evalstore.exchange.VerificationKind;
import dev.evalstore.exchange.VerificationRepository;
import dev.evalstore.exchange.VerificationScope;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.governance.NewProposal;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.governance.NewVote;
import dev.evalstore.governance.Proposal;
import dev.evalstore.governance.ProposalRepository;
import dev.evalstore.governance.VoteChoice;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Completion;
import dev.evalstore.job.CreatedJob;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.JobRepository;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.NextJobs;
import dev.evalstore.job.Schedule;
import dev.evalstore.lock.Lock;
import dev.evalstore.matrix.ClaimedConfig;
import dev.evalstore.matrix.ConfigProgress;
import dev.evalstore.matrix.ConfigRepository;
import dev.evalstore.matrix.ConfigScope;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.Organization;
import dev.evalstore.organization.OrganizationType;
import dev.evalstore.recovery.PgDump;
import dev.evalstore.recovery.PgToolResult;
import dev.evalstore.recovery.RecoveryObjective;
import dev.evalstore.recovery.RecoveryReport;
import dev.evalstore.recovery.RestorePoint;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateChanges;
import dev.evalstore.state.StateOptions;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentQuery;
import dev.evalstore.tracking.ExperimentRepository;
import dev.evalstore.tracking.ExperimentRow;
import dev.evalstore.tracking.LogBatch;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.StoredComparison;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The code that the documents show, each piece between two comments that name it; a test compares the two. */
final class Readme {
    private Readme() {}

    /** Needs {@code DATABASE_URL}. */
    public static void main(String[] args) {
        // begin: first screen
        try (var db = Database.open(DatabaseConfig.fromEnv())) {
            db.migrate();
            Job job = db.inTransaction(tx -> {
                Benchmark run =
                        tx.benchmarks().create(NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100));
                return tx.jobs()
                        .create(NewJob.of("benchmark", Json.of(Map.of("run", run.id())))
                                .priority(10));
            });
            System.out.println(job.status()); // PENDING: run and job are stored, and any worker may claim the job
        }
        // end
    }

    static void lists(Database db, UUID id) {
        // begin: lists
        var running = BenchmarkFilter.ALL.provider("openai").status(BenchmarkStatus.RUNNING);
        Cursor next = null;
        do {
            Page<Benchmark> page = db.benchmarks().list(running, 100, next);
            page.items().forEach(run -> System.out.println(run.name()));
            next = page.next();
        } while (next != null);
        db.benchmarks().update(id, UpdateBenchmark.NOTHING.name("renamed").description(Patch.clear()));
        // end
    }

    /** An answer to be scored by a job. */
    record Answer(UUID run, String text) {}

    static void worked(Database db) {
        // begin: runner
        try (JobRunner runner = JobRunner.on(db)
                .worker("w-1")
                .tags("gpu")
                .concurrency(16)
                .handle("score", Answer.class, context -> {
                    Answer answer = context.payload();
                    return context.complete(tx -> tx.evaluations()
                            .create(NewEvaluation.of("openai", "gpt-4", "2 + 2", answer.text())
                                    .benchmark(answer.run()))
                            .id());
                })
                .start()) {
            System.out.println(runner.running());
        }
        // end
    }

    static CreatedJob limited(Database db) {
        // begin: limits
        JobRepository jobs = db.jobs();
        NewJob nightly = NewJob.of("benchmark", Json.EMPTY).fairKey("openai").uniqueKey("nightly");
        jobs.limits().set(JobLimit.fairKey("openai").maxRunning(8).rate(500, Duration.ofMinutes(1)));
        jobs.schedules().set(Schedule.cron("nightly", "0 2 * * *", nightly).in(ZoneId.of("Europe/Berlin")));
        CreatedJob now = jobs.createUnique(nightly); // a new job, or the unfinished one that has the key
        System.out.println(jobs.whyNotRunning(now.job().id()).reason()); // such as NO_WORKER, PAUSED, RATE
        // end
        return now;
    }

    static void byHand(Database db) {
        // begin: by hand
        Worker worker = db.workers().register(NewWorker.of("w-2")); // then send heartbeats: workers().heartbeat(…)
        for (ClaimedJob claimed : db.jobs().claim(worker, 10)) {
            try {
                db.jobs().complete(claimed.lease(), Json.of(Map.of("score", 0.9)));
            } catch (LeaseLostException e) {
                System.out.println("another worker may have the job now; nothing was stored");
            }
        }
        // end
    }

    static void drained(Database db, Worker worker) {
        // begin: next
        List<Completion> outcomes = List.of();
        do {
            NextJobs next = db.jobs().next(worker, outcomes, 1); // ends the last job and claims the next: one commit
            outcomes = next.claimed().stream()
                    .map(claimed -> Completion.of(claimed.lease(), Json.of(Map.of("score", 0.9))))
                    .toList();
        } while (!outcomes.isEmpty());
        // end
    }

    static long kept(Database db, byte[] key, byte[] counter) {
        // begin: state
        StateBackend windows = db.state("windows", StateOptions.DEFAULT);
        windows.put(key, counter, PutOptions.expiringAfter(Duration.ofHours(1)));
        Checkpoint before = windows.createCheckpoint(); // the same time for one entry and for a million
        long version = windows.getEntry(key).orElseThrow().version();
        boolean first = windows.compareAndSet(key, version, new byte[] {1}).isPresent();
        long changed = windows.restoreCheckpoint(before.id());
        // end
        return first ? changed : -1;
    }

    static Cursor followed(Database db, @Nullable Cursor start) {
        // begin: feed
        StateBackend watched = db.state("prices", StateOptions.DEFAULT.watched(true));
        Cursor next = start; // where the last call ended; null for the first
        StateChanges page;
        do {
            page = watched.watch(new byte[0], next, 1_000);
            page.changes().forEach(change -> System.out.println(change.kind() + " " + change.version()));
            next = page.next();
        } while (!page.changes().isEmpty());
        // end
        return next;
    }

    static boolean locked(Database db, NewBenchmark newRun) {
        // begin: lock
        Optional<Lock> lock = db.locks().tryAcquire("nightly", "host-1", Duration.ofMinutes(1));
        lock.ifPresent(held -> db.useTransaction(tx -> {
            tx.locks().require(held); // no other caller can acquire it before this commit
            tx.benchmarks().create(newRun);
        }));
        // end
        return lock.isPresent();
    }

    static long measured(Database db, UUID version, List<UUID> hardware, List<UUID> frameworks) {
        // begin: matrix
        ConfigRepository configs = db.matrix().configs();
        configs.populate(
                MatrixSpec.of(version, hardware, frameworks, List.of("chatbot"), List.of(1, 8), List.of(2048)));
        Worker worker = db.workers().register(NewWorker.of("gpu-1"));
        for (ClaimedConfig claimed : configs.claim(worker, ConfigScope.ALL, 100, Duration.ofHours(1))) {
            NewBenchmarkResult result = NewBenchmarkResult.of(null, null, 1_250.0, null); // tokens a second
            configs.complete(claimed.lease(), result); // one commit, and only under the lease
        }
        ConfigProgress progress = configs.progress(version, Duration.ofMinutes(10));
        // end
        return progress.completed();
    }

    static Page<AuditEntry> audited(Database db, String password) {
        // begin: acting
        ActingContext request = ActingContext.of(Actor.service("admin-console")).request("req-42");
        Database console = db.actingAs(request); // costs nothing: make one for each request
        User ada = console.users().create(NewUser.of("ada@example.org", "ada").password(password));
        IssuedApiKey issued = console.apiKeys().create(NewApiKey.of(ada.id(), "nightly", "results:write"));
        Optional<VerifiedKey> caller = db.apiKeys().verify(issued.secret(), "results:write"); // empty: refused
        Page<AuditEntry> history = db.audit().history("user", ada.id(), 100, null);
        // end
        return caller.isPresent() ? history : new Page<>(List.of(), null);
    }

    static DefinitionMatches published(Database db, UUID organization) {
        // begin: exchange
        DefinitionRepository definitions = db.exchange().definitions();
        PrimaryMetric accuracy = PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy");
        NewTestCase sum = NewTestCase.of("sum-2", "Two more", "What is {{number}} + 2? Answer with the number alone.")
                .variables(Json.of(Map.of("number", 40)))
                .accept(ExpectedOutput.exact("42").matchConfig(Json.of(Map.of("trim", true))));
        BenchmarkDefinition sums = definitions.create(
                NewBenchmarkDefinition.of("sums", "Sums", "Sums of small numbers.", DefinitionCategory.ACCURACY, "MIT")
                        .organization(organization),
                "1.0.0-rc.1",
                NewDefinitionVersion.of("The first cases.", accuracy).cases(List.of(sum))); // all in one commit
        definitions.publish(
                sums.id(),
                "1.0.0",
                NewDefinitionVersion.of("As reviewed.", accuracy).copyCases());
        definitions.submitForReview(sums.id());
        definitions.activate(sums.id()); // from now on its versions and their cases never change
        DefinitionMatches found = definitions.search("sums smal", 10); // words may be half-typed; best first
        // end
        return found;
    }

    static double scored(Database db, UUID definition, UnaryOperator<String> model) {
        // begin: check
        TestCaseRepository testCases = db.exchange().testCases();
        DefinitionVersion version =
                db.exchange().definitions().latest(definition).orElseThrow(); // by precedence, releases alone
        List<TestCase> cases = new ArrayList<>();
        testCases.stream(TestCaseFilter.version(version.id()), cases::add);
        List<CaseScore> scores = new ArrayList<>();
        for (TestCase testCase : cases) {
            String output = model.apply(testCases.render(testCase, Map.of()));
            boolean passed = OutputCheck.check(testCase, output).passed();
            scores.add(new CaseScore(testCase.caseKey(), passed, passed ? 1 : 0));
        }
        double score = Aggregation.of(version, cases).aggregate(scores);
        // end
        return score;
    }

    static Submission submitted(Database db, DefinitionVersion version, UUID user, UUID lab, Instant started) {
        // begin: submission
        SubmissionRepository submissions = db.exchange().submissions();
        NewSubmission run = NewSubmission.of(
                        version,
                        SubmittedModel.of("OpenAI", "GPT-4"),
                        Submitter.user(user, "Ada").organization(lab),
                        new Run("nightly-7", started, started.plusSeconds(90)),
                        1) // the score that the submitter reports
                .cases(List.of(NewCaseResult.passed("sum-2").latencyMs(830).output("42")));
        SubmittedSubmission submitted = submissions.submit(run); // one commit, its place on the boards included
        SubmittedSubmission again = submissions.submit(run); // not new: the same submission
        Submission seen = submissions.get(submitted.submission().id(), Viewer.ANONYMOUS);
        long own = submissions.count(SubmissionFilter.ALL.submitter(user), Viewer.user(user)); // private ones too
        // end
        return submitted.isNew() && !again.isNew() && own == 1 ? seen : again.submission();
    }

    static void verified(Database db, UUID submission, ToDoubleFunction<Verification> rerun) {
        // begin: verification
        VerificationRepository verifications = db.exchange().verifications();
        verifications.request(NewVerification.of(submission, VerificationKind.PLATFORM));
        Worker worker = db.workers().register(NewWorker.of("verifier-1"));
        for (ClaimedVerification claimed : verifications.claim(worker, VerificationScope.ALL, 1, Duration.ofHours(2))) {
            double score = rerun.applyAsDouble(claimed.verification());
            // Under the lease alone; level and boards change in the same commit.
            verifications.complete(claimed.lease(), NewVerificationResult.confirmed(score, true));
        }
        // end
    }

    static AttestationCheck attested(Database db, Submission submission, UUID auditor, KeyPair keys) {
        // begin: attestation
        db.exchange().verifierKeys().register(NewVerifierKey.ofUser(auditor, "cy-2026", keys.getPublic()));
        VerificationRepository verifications = db.exchange().verifications();
        Verification audit = verifications.request(NewVerification.of(submission.id(), VerificationKind.AUDITOR));
        ClaimedVerification claimed = verifications.claimByPerson(audit.id(), auditor); // for seven days
        NewVerificationResult result = NewVerificationResult.confirmed(1, true);
        AttestationEvidence signed =
                Attestation.of(audit.id(), submission, result).sign("cy-2026", keys.getPrivate(), Instant.now());
        verifications.complete(claimed.lease(), result.attestation(signed));
        AttestationCheck check = verifications.verifyAttestation(audit.id(), Viewer.ANONYMOUS); // VALID
        // end
        return check;
    }

    static List<LeaderboardEntry> ranked(Database db, UUID version, Viewer viewer, Instant moment) {
        // begin: leaderboard
        LeaderboardRepository leaderboards = db.exchange().leaderboards();
        Leaderboard board = Leaderboard.of(version, Board.VERIFIED); // at least platform verified
        Page<LeaderboardEntry> top = leaderboards.top(board, viewer, 100);
        Optional<LeaderboardEntry> place = leaderboards.rankOf(board, ModelSubject.of("openai", "gpt-4"), viewer);
        List<Tier> tiers = leaderboards.tiers(board, TierMethod.INTERVAL_OVERLAP, viewer, 100);
        PastLeaderboards past = leaderboards.asOf(moment);
        Page<LeaderboardEntry> then = past.top(board, viewer, 100);
        // end
        return place.isPresent() && tiers.size() == 1 && then.items().isEmpty() ? top.items() : List.of();
    }

    static @Nullable String webhooks(Database db, Runnable service) {
        // begin: webhooks
        IssuedSubscription partner = db.events()
                .subscriptions()
                .subscribe(NewEventSubscription.of("partner", EventDelivery.WEBHOOK)
                        .eventTypes("submission.created", "submission.revoked")
                        .endpoint("https://partner.example.org/evalstore"));
        String secret = partner.secret(); // shown this once: for the partner
        EventDispatcher dispatcher =
                EventDispatcher.on(db).webhooks(WebhookOptions.DEFAULT).start();
        service.run(); // every process may start one: one at a time serves a subscription
        dispatcher.close(); // waits for the requests under way
        // end
        return secret;
    }

    static void eventHandlers(Database db, Consumer<List<DomainEvent>> index) {
        // begin: event handlers
        db.events()
                .subscriptions()
                .subscribe(NewEventSubscription.of("bills", EventDelivery.HANDLER)
                        .eventTypes("submission.created")
                        .onPoison(OnPoison.STOP));
        try (EventDispatcher dispatcher = EventDispatcher.on(db)
                .handle(
                        "bills",
                        context -> context.complete(tx -> tx.jobs()
                                .create(NewJob.of(
                                        "bill",
                                        Json.of(Map.of(
                                                "submission", context.event().aggregateId()))))))
                .handleBatch("search-index", batch -> index.accept(batch.events()))
                .start()) {
            System.out.println(dispatcher.running());
        }
        // end
    }

    static int received(String secret, Function<String, @Nullable String> header, byte[] body, Set<String> seen) {
        // begin: webhook receiver
        Optional<WebhookMessage> message = WebhookVerifier.of(secret).verify(header, body); // request::getHeader
        if (message.isEmpty()) {
            return 401;
        }
        if (seen.add(message.get().id())) { // an event may come twice
            System.out.println(Json.parse(message.get().body()).asMap().get("type"));
        }
        return 204;
        // end
    }

    static Proposal proposed(Database db, UUID definition, UUID ada) {
        // begin: proposal
        ProposalRepository proposals = db.governance().proposals();
        Proposal proposal = proposals.create(NewProposal.of(
                        "Deprecate the sums",
                        "Every model of this year has their answers in its training data.",
                        "A board on which all score the same ranks nobody.",
                        Subject.deprecateBenchmark(definition),
                        3) // so much power must vote
                .createdBy(ada));
        proposals.submitForReview(proposal.id());
        proposals.openVoting(proposal.id(), Duration.ofDays(7));
        Proposal counted = proposals.vote(
                NewVote.of(proposal.id(), ada, VoteChoice.APPROVE).power(2).reasoning("I wrote them."));
        // end
        return counted;
    }

    static List<ExperimentRow> searched(Database db, Instant now) {
        // begin: experiments
        ExperimentRepository experiments = db.tracking().experiments();
        NewExperiment tuning = NewExperiment.of("adder, rate 3e-4", ExperimentKind.FINE_TUNING);
        UUID id =
                experiments.create(tuning.project("adders").param("rate", 3e-4)).id();
        experiments.start(id);
        experiments.log(
                id, // one commit, and once however often it is sent
                LogBatch.of().tag("team", "a").metric("loss", 0.71, 1_000, now).metric("accuracy", 0.93, 1_000, now));
        ExperimentQuery query = ExperimentQuery.where("metrics.accuracy > 0.9 and params.rate < 1e-3")
                .project("adders")
                .orderBy("metrics.accuracy desc")
                .select("name", "metrics.accuracy")
                .limit(10);
        List<ExperimentRow> best = experiments.search(query).items();
        // end
        return best;
    }

    static UUID invited(Database db, UUID owner, UUID user) {
        // begin: invitation
        Organization lab = db.organizations()
                .create(NewOrganization.of("north-lab", "North Lab", OrganizationType.RESEARCH_INSTITUTION), owner);
        IssuedToken invitation = db.users().tokens().invite(lab.id(), "bo@example.org", Duration.ofDays(7), null);
        String secret = invitation.secret(); // mailed: only a reader of the mail has it
        db.useTransaction(tx -> tx.users()
                .tokens()
                .redeemInvitation(secret) // empty: no good secret
                .ifPresent(invited -> tx.organizations().addMember(invited.organizationId(), user)));
        // end
        return lab.id();
    }

    static Optional<User> reset(Database db, UUID user, String password) {
        // begin: reset
        IssuedToken mailed = db.users().tokens().issue(user, TokenPurpose.PASSWORD_RESET, Duration.ofHours(1));
        Optional<User> reset = db.users().tokens().resetPassword(mailed.secret(), password); // empty: no good secret
        // end
        return reset;
    }

    static Benchmark retried(Database db, NewBenchmark newRun) {
        // begin: retry
        TxOptions careful = TxOptions.DEFAULT.isolation(Isolation.SERIALIZABLE).retry(Retry.times(5));
        Benchmark run = db.inTransaction(careful, tx -> tx.benchmarks().create(newRun));
        // end
        return run;
    }

    static void joined(DataSource dataSource, NewBenchmark newRun) throws SQLException {
        // begin: join
        Database db = Database.using(dataSource);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Benchmark run = db.join(connection).benchmarks().create(newRun);
            try (PreparedStatement own = connection.prepareStatement("insert into orders (run) values (?)")) {
                own.setObject(1, run.id());
                own.executeUpdate();
            }
            connection.commit(); // both rows, or neither
        }
        // end
    }

    static List<Benchmark> fromReplicas(Database db, NewBenchmark run) {
        // begin: replicas
        Reading recent = db.reading(Duration.ofSeconds(10)); // at most so far behind the primary
        List<Benchmark> runs = recent.benchmarks().listRecent(100);

        AtomicReference<CommitToken> token = new AtomicReference<>();
        db.inTransaction(
                TxOptions.DEFAULT.token(token::set), tx -> tx.benchmarks().create(run));
        Reading own = db.reading(token.get(), Duration.ofMillis(200)); // shows that commit
        // end
        return own.benchmarks().listRecent(runs.size() + 1);
    }

    static void maintained(Database db, Runnable service) {
        // begin: maintenance
        MaintenanceOptions options = MaintenanceOptions.DEFAULT.jobRetention(Duration.ofDays(30));
        Maintenance.Schedule maintenance = db.maintenance(options).start(Duration.ofHours(1));
        service.run(); // every process may start it; one at a time does the work
        maintenance.close(); // waits for a run in progress
        // end
    }

    static Path backedUp(Database db, Path backups) {
        // begin: backup
        ExportReport report = db.backup().export(backups);
        System.out.println(report.manifest().rows() + " rows in " + report.time() + ": " + report.path());
        db.backup().verify(report.path()); // throws with every problem that it finds
        // end
        return report.path();
    }

    static void backedUpDaily(Database db, Path backups, Runnable service) {
        // begin: daily backup
        BackupSchedule schedule = db.backup().every(Duration.ofDays(1), backups, ExportOptions.DEFAULT);
        service.run(); // every process may start it; one of them exports
        schedule.close(); // breaks off an export in progress
        // end
    }

    static void dumped(Database db, DatabaseConfig owner, Path backups, Path bin) {
        // begin: dump
        PgDump dump = PgDump.of(owner, backups.resolve("2026-11-29")).jobs(4).programs(bin);
        PgToolResult dumped = db.recovery().run(dump.timeout(Duration.ofHours(1)));
        System.out.println(dumped.tables() + " tables in " + dumped.took());
        // end
    }

    static void recoverable(Database db, Duration lastDrill) {
        // begin: recovery report
        RecoveryReport report = db.recovery().report(RecoveryObjective.DEFAULT.measuredRestore(lastDrill));
        report.findings()
                .forEach(found -> System.out.println(found.severity() + " " + found.missing() + ": " + found.remedy()));
        report.unseen().forEach(hidden -> System.out.println("not seen: " + hidden.what() + "; " + hidden.remedy()));
        // end
    }

    static RestorePoint named(Database db) {
        // begin: restore point
        RestorePoint point = db.recovery().restorePoint("before the new ratings");
        // end
        return point;
    }

    static void cleaned(Database db) {
        // begin: cleanup
        Cleanup done;
        do {
            done = db.jobs().cleanup(Duration.ofDays(30), List.of(JobStatus.COMPLETED));
            System.out.println(done.removed() + " jobs removed");
        } while (done.more());
        // end
    }

    static String errors(Database db, NewEvaluation evaluation) {
        // begin: errors
        try {
            db.evaluations().create(evaluation);
        } catch (ConstraintViolationException e) {
            return e.kind() + " " + e.constraint(); // FOREIGN_KEY evaluations_benchmark_fk: no such run
        } catch (TransientDatabaseException e) {
            return e.outcomeUnknown() ? "read before you repeat it" : "nothing was stored; repeat it";
        }
        // end
        return "stored";
    }

    static ComparisonResult compared(Database db, UUID shorter, UUID longer, UUID examples, Path folder) {
        // begin: comparison
        ComparisonResult result = Comparison.between(shorter, longer, examples)
                .metric("score")
                .on(db)
                .run();
        UUID winner = result.winner(); // better than every other, and it may be said; null where none is
        StoredComparison kept = result.save(db, "three prompts"); // with its options and the hash of its rows
        Report report = Report.ofComparison("Which prompt?", result);
        report.writeHtml(folder.resolve("report.html"));
        report.writePdf(folder.resolve("report.pdf"));
        // end
        System.out.println(kept.name() + ": " + winner);
        return result;
    }

    static ExportSummary exported(Database db, UUID experiment, Path folder) throws IOException {
        // begin: export
        ExportSummary written = EvaluationExport.of(EvaluationFilter.ALL.experiment(experiment))
                .order(EvaluationOrder.HIGHEST_SCORE)
                .metadata()
                .toFile(db, folder.resolve("answers.csv"), ExportFormat.CSV); // every row, at any number of rows
        // end
        return written;
    }

    static List<LeaderboardEntry> cached(Database db, DatabaseConfig config, UUID modelId, UUID versionId) {
        // begin: cache
        RedisCache redis = RedisCache.at(URI.create("redis://cache:6379"));
        CachedStore cache = CachedStore.on(
                db, CacheOptions.DEFAULT.sharedCache(redis).notifications(config)); // one a process, closed at its end
        Optional<ModelDetails> model = cache.model(modelId); // from memory, where it is there and nothing has changed
        List<LeaderboardEntry> top = cache.top(versionId, Board.VERIFIED);
        // end
        System.out.println(model.isPresent());
        cache.close();
        redis.close();
        return top;
    }
}
