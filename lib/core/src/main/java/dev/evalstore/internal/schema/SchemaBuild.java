package dev.evalstore.internal.schema;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The schema made, or taken away, within one transaction: its scripts, and the history of them as Flyway keeps it. */
public final class SchemaBuild {
    /** As Flyway makes it, but for the zone of the times. A test compares the two. */
    private static final String CREATE_HISTORY = """
            create table evalstore.evalstore_schema_history (
                installed_rank int not null,
                version varchar(50),
                description varchar(200) not null,
                type varchar(20) not null,
                script varchar(1000) not null,
                checksum integer,
                installed_by varchar(100) not null,
                installed_on timestamp not null default (statement_timestamp() at time zone 'UTC'),
                execution_time integer not null,
                success boolean not null,
                constraint evalstore_schema_history_pk primary key (installed_rank));
            create index evalstore_schema_history_s_idx on evalstore.evalstore_schema_history (success);
            insert into evalstore.evalstore_schema_history
                (installed_rank, version, description, type, script, installed_by, execution_time, success)
            values (1, '0', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', current_user, 0, true)""";

    private static final String APPLIED = """
            /* migrations.append */ insert into evalstore.evalstore_schema_history
                (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
            select max(h.installed_rank) + 1, ?, ?, 'SQL', ?, ?, current_user, 0, true
            from evalstore.evalstore_schema_history h""";

    private final Jdbc tx;
    private final Scripts scripts;
    private final NavigableMap<Integer, Entry> entries;

    SchemaBuild(Jdbc tx, Scripts scripts, SortedMap<Integer, Entry> entries) {
        this.tx = tx;
        this.scripts = scripts;
        this.entries = new TreeMap<>(entries);
    }

    /** What the history says of a script. */
    record Entry(
            String version,
            String description,
            String script,
            @Nullable Integer checksum) {}

    /** The transaction. */
    public Jdbc tx() {
        return tx;
    }

    /** The newest version applied; 0 if there is none. */
    public int version() {
        return Migrations.current(tx);
    }

    /** Undoes all migrations, and with them the tables and their rows. What else is in the schema stays. */
    public void clear() {
        int version = version();
        entries.headMap(version, true).descendingMap().keySet().forEach(undone -> {
            tx.script("migrations.undo", scripts.undo(undone));
        });
        tx.script("migrations.drop_history", tx.inSchema(Migrations.DROP_HISTORY));
    }

    /** Applies the scripts up to the version, in a schema that is made where it is missing. */
    public void migrate(int to) {
        Migrations.createSchema(tx, scripts);
        if (!Migrations.hasHistory(tx)) {
            tx.script("migrations.create_history", tx.inSchema(CREATE_HISTORY));
        }
        entries.subMap(version(), false, to, true).forEach((version, entry) -> {
            tx.script("migrations.apply", scripts.up(version));
            tx.update(Sql.of(APPLIED, entry.version(), entry.description(), entry.script(), entry.checksum()));
        });
    }
}
