package dev.evalstore.spring;

import dev.evalstore.HostTransactions;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions on one data source: of {@code @Transactional}, a template, or JPA. The data source is that of
 * the transaction manager, unwrapped. For a {@code Database} that is made by hand; the starter's has it.
 *
 * @param dataSource where the transactions are bound
 */
public record SpringTransactions(DataSource dataSource) implements HostTransactions {
    @Override
    public @Nullable Connection current() {
        boolean isBound = TransactionSynchronizationManager.hasResource(dataSource);
        return isBound ? DataSourceUtils.getConnection(dataSource) : null;
    }

    @Override
    public void afterCommit(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }

    @Override
    public void beforeCommit(Runnable check) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void beforeCommit(boolean readOnly) {
                check.run();
            }
        });
    }
}
