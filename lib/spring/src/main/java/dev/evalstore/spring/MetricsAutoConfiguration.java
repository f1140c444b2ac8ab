package dev.evalstore.spring;

import dev.evalstore.Database;
import dev.evalstore.job.RunnerListener;
import dev.evalstore.micrometer.EvalstoreMetrics;
import dev.evalstore.micrometer.MetricsOptions;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The meters of the store in the service's registry, where {@code evalstore-micrometer} is on the class path. */
@AutoConfiguration(
        after = EvalstoreAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(name = {"dev.evalstore.micrometer.EvalstoreMetrics", "io.micrometer.core.instrument.MeterRegistry"})
@ConditionalOnBean(value = Database.class, type = "io.micrometer.core.instrument.MeterRegistry")
@ConditionalOnProperty(name = "evalstore.metrics.enabled", matchIfMissing = true)
public class MetricsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    EvalstoreMetrics evalstoreMetrics(Database db, MeterRegistry registry, ObjectProvider<MetricsOptions> options) {
        return EvalstoreMetrics.bind(db, registry, options.getIfAvailable(() -> MetricsOptions.DEFAULT));
    }

    @Bean
    RunnerListener evalstoreRunnerMeters(EvalstoreMetrics metrics) {
        return metrics.runner();
    }

    /** The first, so that a customizer of the service's may set a listener of its own. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    EventDispatcherCustomizer evalstoreDispatcherMeters(EvalstoreMetrics metrics) {
        return dispatcher -> dispatcher.listener(metrics.dispatcher());
    }
}
