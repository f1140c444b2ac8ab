package dev.evalstore.bench;

import com.zaxxer.hikari.HikariDataSource;
import io.namastack.outbox.Outbox;
import io.namastack.outbox.OutboxCoreAutoConfiguration;
import io.namastack.outbox.OutboxPayloadSerializer;
import io.namastack.outbox.config.JdbcOutboxAutoConfiguration;
import io.namastack.outbox.config.JdbcOutboxSchemaAutoConfiguration;
import io.namastack.outbox.handler.OutboxHandler;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Namastack Outbox, in the settings that were fastest here: a thread for each connection, its shortest poll, every key in one batch,
 * and records deleted once they are delivered. A record's payload is text, and its serializer does nothing.
 */
public final class NamastackOutbox implements AutoCloseable {
    private static final int MAX_KEYS = 1_000;

    private final Lab lab;
    private final HikariDataSource pool;
    private final AnnotationConfigApplicationContext context;
    private final Handler handler = new Handler();
    private int filled;

    /** Counts what is delivered, and does nothing else. */
    public static final class Handler implements OutboxHandler {
        private volatile CountDownLatch open = new CountDownLatch(0);

        private Handler() {}

        @Override
        public void handle(Object payload, OutboxRecordMetadata metadata) {
            open.countDown();
        }
    }

    /** Text is stored as it is. */
    private static final class Text implements OutboxPayloadSerializer {
        @Override
        public String serialize(Object payload) {
            return payload.toString();
        }

        @Override
        public <T> T deserialize(String serialized, Class<T> type) {
            return type.cast(type == String.class ? serialized : Map.of());
        }
    }

    NamastackOutbox(Lab lab, int threads) {
        this.lab = lab;
        this.pool = lab.newPool(threads + 4);
        this.context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "bench",
                        Map.of(
                                "namastack.outbox.poll-interval", 1,
                                "namastack.outbox.batch-size", MAX_KEYS,
                                "namastack.outbox.processing.delete-completed-records", true,
                                "namastack.outbox.processing.executor-core-pool-size", threads,
                                "namastack.outbox.processing.executor-max-pool-size", threads)));
        context.registerBean(DataSource.class, () -> pool);
        context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(pool));
        context.registerBean(OutboxPayloadSerializer.class, Text::new);
        context.registerBean(OutboxHandler.class, () -> handler);
        context.registerBean(ScheduledAnnotationBeanPostProcessor.class);
        context.register(
                TaskExecutionAutoConfiguration.class,
                TaskSchedulingAutoConfiguration.class,
                JdbcOutboxSchemaAutoConfiguration.class,
                JdbcOutboxAutoConfiguration.class,
                OutboxCoreAutoConfiguration.class);
        context.refresh();
    }

    /** Records of at most a thousand keys, beside the table that is polled; each key's first by the library, the others are copies. */
    void fill(int records, String payload) throws SQLException {
        Outbox outbox = context.getBean(Outbox.class);
        lab.execute("drop table if exists public.bench_staged", "truncate public.outbox_record");
        lab.execute(
                "create table public.bench_staged as table public.outbox_record with no data",
                "create or replace function public.bench_stage() returns trigger language plpgsql as $$"
                        + " begin insert into public.bench_staged select new.*; return null; end $$",
                "create or replace trigger bench_stage before insert on public.outbox_record"
                        + " for each row execute function public.bench_stage()");
        int keys = Math.min(MAX_KEYS, records);
        filled = records / keys * keys;
        for (int key = 0; key < keys; key++) {
            outbox.schedule(payload, EventBench.aggregate(key));
        }
        lab.execute(
                "drop trigger bench_stage on public.outbox_record",
                "insert into public.bench_staged (id, status, record_key, record_type, payload, context, created_at,"
                        + " failure_count, next_retry_at, partition_no, handler_id)"
                        + " select gen_random_uuid(), status, record_key, record_type, payload, context,"
                        + " created_at + n * interval '1 us', failure_count, next_retry_at, partition_no, handler_id"
                        + " from public.bench_staged, generate_series(1, " + (records / keys - 1) + ") n");
    }

    /** Puts what was filled where it is polled, and gives the records a second from then until the last is delivered. */
    double deliver() throws Exception {
        CountDownLatch done = new CountDownLatch(filled);
        handler.open = done;
        lab.execute("insert into public.outbox_record table public.bench_staged");
        long start = System.nanoTime();
        if (!done.await(10, TimeUnit.MINUTES)) {
            throw new IllegalStateException(done.getCount() + " records were not delivered");
        }
        return filled / ((System.nanoTime() - start) / 1e9);
    }

    @Override
    public void close() {
        context.close();
        pool.close();
    }
}
