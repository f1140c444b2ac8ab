package dev.evalstore.spring;

import dev.evalstore.Database;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Says why handlers do not run where there is no store. */
@AutoConfiguration(after = EvalstoreAutoConfiguration.class)
@ConditionalOnMissingBean(Database.class)
@ConditionalOnProperty(name = "evalstore.enabled", matchIfMissing = true)
public class MissingStoreAutoConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(MissingStoreAutoConfiguration.class);

    @Bean
    SmartInitializingSingleton evalstoreMissing(ConfigurableListableBeanFactory factory) {
        return () -> {
            AnnotatedBeans beans = new AnnotatedBeans(factory);
            if (beans.hasAny(EvalstoreHandler.class) || beans.hasAny(EvalstoreSubscriber.class)) {
                LOG.warn(
                        "there are handlers of evalstore and no store, so they do not run: {}",
                        why(List.of(factory.getBeanNamesForType(DataSource.class, true, false))));
            }
        };
    }

    private static String why(List<String> sources) {
        return sources.isEmpty()
                ? "there is no DataSource"
                : "of the DataSources " + sources
                        + " none is the primary one: mark one as @Primary, or make a bean of Database";
    }
}
