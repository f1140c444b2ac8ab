package dev.evalstore.cache;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CacheArchitectureTest {
    private static final JavaClasses CACHE = new ClassFileImporter().importPath(root());

    private static Path root() {
        try {
            return Path.of(CachedStore.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** If it needs more, the API of the core lacks something. */
    @Test
    void the_artifact_uses_the_public_api_of_the_core_alone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.evalstore.internal..")
                .check(CACHE);
        classes().should().resideInAPackage("dev.evalstore.cache").check(CACHE);
    }

    /** It is an optional dependency: without it, nothing else fails to load. */
    @Test
    void only_the_cache_in_redis_knows_redis() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(RedisCache.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("redis..")
                .check(CACHE);
        noClasses()
                .that()
                .doNotBelongToAnyOf(Memory.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.github.benmanes..")
                .check(CACHE);
    }

    @Test
    void nothing_is_bound_to_a_thread_locked_by_a_monitor_or_reflected() {
        noClasses()
                .should()
                .dependOnClassesThat(assignableTo(ThreadLocal.class))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect")
                .check(CACHE);
        methods()
                .should()
                .notHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED)
                .check(CACHE);
    }
}
