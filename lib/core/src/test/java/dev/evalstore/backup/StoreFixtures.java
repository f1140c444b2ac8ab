package dev.evalstore.backup;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.User;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.job.NewJob;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A store with something in every kind of table: secrets, generated columns, partitions, large and odd values. */
final class StoreFixtures {
    /** What COPY writes with a backslash, and what looks like its end or its null. */
    static final String ODD = "tab\tnewline\nreturn\rbackslash\\ \\. \\N \u0001 quote\" \u00e4\u4e2d\ud83d\ude00";

    private StoreFixtures() {}

    static void fill(Database any, int evaluations) {
        Database db = any.actingAs(Actor.service("filler"));
        User user = db.users().create(NewUser.of("a@example.org", "ann").password("correct horse battery"));
        db.users().create(NewUser.of("b@example.org", "bob"));
        db.apiKeys().create(NewApiKey.of(user.id(), "key", "read"));
        db.users().tokens().issue(user.id(), TokenPurpose.PASSWORD_RESET, Duration.ofHours(1));
        db.events()
                .subscriptions()
                .subscribe(
                        NewEventSubscription.of("hook", EventDelivery.WEBHOOK).endpoint("https://example.org/hook"));
        db.events().append(NewDomainEvent.of("model.made", "model", "1").payload(Json.of(Map.of("text", ODD))));
        db.jobs().create(NewJob.of("odd", Json.of(Map.of("text", ODD))));
        db.jobs().create(NewJob.of("plain", Json.EMPTY));
        db.state().put("key", new byte[1_500_000]);
        db.catalog().hardware().create(NewHardwareConfig.of("aws", "H100", 8, new BigDecimal("80"), BigDecimal.ONE));
        Benchmark run = db.benchmarks().create(NewBenchmark.of(ODD, "p", "m", "d", evaluations));
        List<NewEvaluation> all = new ArrayList<>();
        for (int i = 0; i < evaluations; i++) {
            all.add(NewEvaluation.of("p", "m", "question " + i, ODD + i).benchmark(run.id()));
        }
        db.evaluations().createAll(all);
    }
}
