package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which datasets to list. Conditions add up. Immutable. */
public final class DatasetFilter extends Conditions<DatasetFilter> {
    /** Every dataset. */
    public static final DatasetFilter ALL = new DatasetFilter(Sql.NONE);

    private DatasetFilter(Sql sql) {
        super(sql, DatasetFilter::new);
    }

    /** Only the versions of this name. */
    public DatasetFilter name(String name) {
        return and("and name = ?", Check.text("name", name));
    }

    /** Only datasets of this format. */
    public DatasetFilter format(DatasetFormat format) {
        return and("and format = ?", Objects.requireNonNull(format, "format"));
    }

    /** Only datasets of this domain. */
    public DatasetFilter domain(String domain) {
        return and("and domain = ?", Check.text("domain", domain));
    }

    /** Only datasets whose contents have this checksum, 64 lower-case hexadecimal digits. */
    public DatasetFilter checksum(String checksum) {
        DatasetRules.checksum(Objects.requireNonNull(checksum, "checksum"));
        return and("and checksum = ?", checksum);
    }

    /** Only datasets that were created at {@code from} or later, and before {@code to}; either may be null. */
    public DatasetFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
