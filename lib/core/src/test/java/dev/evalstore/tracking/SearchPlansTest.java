package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What searches read, by the server's own account: of one project, and no more of it where there are many. */
class SearchPlansTest {
    private static final Pattern READ = Pattern.compile("Buffers: shared (?:hit=(\\d+))? ?(?:read=(\\d+))?");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ExperimentRepository experiments = database.db().tracking().experiments();

    /** So many projects of so many experiments, each with four metrics and two params. */
    private void fill(int projects, int each) {
        database.admin("truncate evalstore.experiments, evalstore.experiment_metrics, evalstore.experiment_params,"
                + " evalstore.projects, evalstore.metric_names, evalstore.param_names"
                + " restart identity cascade");
        database.admin("set session_replication_role = replica; "
                + "insert into evalstore.projects (name) select 'p' || i from generate_series(1, %d) i; "
                        .formatted(projects)
                + "insert into evalstore.metric_names (name) select 'm' || i from generate_series(1, 4) i; "
                + "insert into evalstore.param_names (name) select 'p' || i from generate_series(1, 2) i; "
                + """
                insert into evalstore.experiments (project, name, kind, created_at)
                select 1 + i %% %d, 'e' || i, 'evaluation', now() - make_interval(secs => i)
                from generate_series(1, %d) i;
                insert into evalstore.experiment_metrics
                    (experiment, name_id, last_value, last_step, last_at, value_count, project)
                select e.number, j, hashint8(e.number * 4 + j) / 4294967296.0 + 0.5, 1, now(), 1, e.project
                from evalstore.experiments e, generate_series(1, 4) j;
                insert into evalstore.experiment_params (experiment, name_id, kind, text_value, project)
                select e.number, j, 'string', 'v' || abs(hashint8(e.number * 2 + j)) %% 10, e.project
                from evalstore.experiments e, generate_series(1, 2) j""".formatted(projects, projects * each));
        for (String table : new String[] {"experiments", "experiment_metrics", "experiment_params", "projects"}) {
            database.admin("vacuum analyze evalstore." + table);
        }
    }

    private static Map<String, ExperimentQuery> queries() {
        ExperimentQuery both = ExperimentQuery.where("metrics.m1 > 0.5 and params.p1 = 'v3'")
                .project("p1")
                .select("name", "metrics.m1", "params.p1");
        return new TreeMap<>(Map.of(
                "by metric",
                both.orderBy("metrics.m1 desc"),
                "by another metric",
                both.orderBy("metrics.m2"),
                "newest",
                both,
                "by name",
                both.orderBy("name"),
                "any of",
                ExperimentQuery.where("not (metrics.m1 < 0.9 or params.p1 != 'v3') or metrics.m3 is null")
                        .project("p1")
                        .select("name")));
    }

    /** The pages of memory that each search reads. */
    private Map<String, Integer> read() {
        Map<String, Integer> read = new TreeMap<>();
        queries().forEach((name, query) -> read.put(name, read(query)));
        return read;
    }

    private int read(ExperimentQuery query) {
        // Once before, for the catalogue's pages.
        experiments.explain(query);
        String first = Arrays.stream(experiments.explain(query).split("\n"))
                .filter(line -> line.contains("Buffers: shared"))
                .findFirst()
                .orElseThrow();
        Matcher buffers = READ.matcher(first);
        assertThat(buffers.find()).as(first).isTrue();
        return number(buffers.group(1)) + number(buffers.group(2));
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** A few pages for each experiment of the project and each clause, however many others there are. */
    @Test
    void a_search_reads_no_more_where_there_are_other_projects() {
        prove(100, 100);
    }

    @Test
    @Tag("long")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void a_search_reads_no_more_where_there_are_many_large_projects() {
        prove(Integer.getInteger("searches.projects", 100), 1_000);
    }

    private void prove(int projects, int each) {
        fill(1, each);
        Map<String, Integer> alone = read();
        fill(projects, each);
        Map<String, Integer> among = read();
        alone.forEach((name, pages) -> assertThat(among.get(name))
                .as(name + ", " + pages + " pages alone")
                .isLessThan(pages * 3 + each * 4));
    }

    @Test
    void by_a_metric_the_last_page_reads_no_more_than_the_first() {
        fill(1, 2_000);
        ExperimentQuery query = ExperimentQuery.ALL
                .project("p1")
                .orderBy("metrics.m1 desc")
                .select("name")
                .limit(100);
        ExperimentQuery last = query;
        for (int i = 0; i < 18; i++) {
            last = query.after(experiments.search(last).next());
        }
        assertThat(experiments.search(last).items()).hasSize(100);
        assertThat(experiments.explain(last)).contains("idx_experiment_metrics_project_name_id_last_value");
        assertThat(read(last)).isLessThan(2 * read(query));
    }
}
