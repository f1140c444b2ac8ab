package dev.evalstore.spring;

import dev.evalstore.Database;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health of the store, for the actuator of Boot 4. */
@AutoConfiguration(after = EvalstoreAutoConfiguration.class)
@ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
@ConditionalOnBean(Database.class)
@ConditionalOnExpression("${management.health.evalstore.enabled:${management.health.defaults.enabled:true}}")
public class Boot4HealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "evalstoreHealthIndicator")
    HealthIndicator evalstoreHealthIndicator(Database db) {
        return () -> {
            HealthDetails found = HealthDetails.of(db);
            return (found.isUp() ? Health.up() : Health.down())
                    .withDetails(found.details())
                    .build();
        };
    }
}
