package dev.evalstore.tracking;

import dev.evalstore.Json;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An experiment to create; {@link Experiment} describes the fields.
 *
 * @param project not blank, at most 200 characters; made where it is not there
 * @param name not blank, at most 200 characters
 * @param about what else people read about it
 * @param links what it belongs to
 * @param params at most 10,000; each name is not blank and has at most 250 characters
 * @param tags the same; each value has at most 5,000 characters, and may be empty
 * @param createdBy the user who creates it; null for the platform
 */
public record NewExperiment(
        String project,
        String name,
        ExperimentKind kind,
        About about,
        Links links,
        Map<String, ParamValue> params,
        Map<String, String> tags,
        @Nullable UUID createdBy) {
    public NewExperiment {
        ExperimentRules.project(project);
        ExperimentRules.name(name);
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(about, "about");
        Objects.requireNonNull(links, "links");
        params = ExperimentRules.params(params);
        tags = ExperimentRules.tags(tags);
    }

    /** In the project {@code default}, with nothing but a name and a kind. */
    public static NewExperiment of(String name, ExperimentKind kind) {
        return new NewExperiment(
                ExperimentRules.DEFAULT_PROJECT, name, kind, About.NOTHING, Links.NONE, Map.of(), Map.of(), null);
    }

    public NewExperiment project(String value) {
        return new NewExperiment(value, name, kind, about, links, params, tags, createdBy);
    }

    public NewExperiment about(About value) {
        return new NewExperiment(project, name, kind, value, links, params, tags, createdBy);
    }

    /** Not blank, at most 20,000 characters. */
    public NewExperiment description(String value) {
        return about(new About(Objects.requireNonNull(value, "description"), about.config(), about.notes()));
    }

    /** An object. */
    public NewExperiment config(Json value) {
        return about(new About(about.description(), Objects.requireNonNull(value, "config"), about.notes()));
    }

    /** Not blank, at most 20,000 characters. */
    public NewExperiment notes(String value) {
        return about(new About(about.description(), about.config(), Objects.requireNonNull(value, "notes")));
    }

    public NewExperiment links(Links value) {
        return new NewExperiment(project, name, kind, about, value, params, tags, createdBy);
    }

    public NewExperiment dataset(UUID id) {
        return links(new Links(Objects.requireNonNull(id, "datasetId"), links.modelVersionId(), links.parentId()));
    }

    public NewExperiment modelVersion(UUID id) {
        return links(new Links(links.datasetId(), Objects.requireNonNull(id, "modelVersionId"), links.parentId()));
    }

    /** The experiment that this one is a part of, with which it will be deleted. */
    public NewExperiment parent(UUID id) {
        return links(new Links(links.datasetId(), links.modelVersionId(), Objects.requireNonNull(id, "parentId")));
    }

    public NewExperiment params(Map<String, ParamValue> values) {
        return new NewExperiment(project, name, kind, about, links, values, tags, createdBy);
    }

    /** One param more; of two under one name the later one counts. */
    public NewExperiment param(String param, ParamValue value) {
        return params(with(params, param, value));
    }

    public NewExperiment param(String param, String value) {
        return param(param, ParamValue.of(value));
    }

    public NewExperiment param(String param, long value) {
        return param(param, ParamValue.of(value));
    }

    public NewExperiment param(String param, double value) {
        return param(param, ParamValue.of(value));
    }

    public NewExperiment param(String param, boolean value) {
        return param(param, ParamValue.of(value));
    }

    public NewExperiment tags(Map<String, String> values) {
        return new NewExperiment(project, name, kind, about, links, params, values, createdBy);
    }

    /** One tag more; of two under one name the later one counts. */
    public NewExperiment tag(String tag, String value) {
        return tags(with(tags, tag, value));
    }

    /** A tag without a value. */
    public NewExperiment tag(String tag) {
        return tag(tag, "");
    }

    public NewExperiment createdBy(UUID user) {
        return new NewExperiment(
                project, name, kind, about, links, params, tags, Objects.requireNonNull(user, "createdBy"));
    }

    private static <T> Map<String, T> with(Map<String, T> values, String name, T value) {
        Map<String, T> more = new TreeMap<>(values);
        more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return more;
    }

    /** The fields that may be logged: no texts, no values. */
    @Override
    public String toString() {
        return "NewExperiment[kind=" + kind + ", links=" + links + ", " + params.size() + " params, " + tags.size()
                + " tags, createdBy=" + createdBy + "]";
    }

    /**
     * What people read about an experiment, and how it is set up.
     *
     * @param description not blank, at most 20,000 characters, or null
     * @param config an object, or null
     * @param notes not blank, at most 20,000 characters, or null
     */
    public record About(
            @Nullable String description,
            @Nullable Json config,
            @Nullable String notes) {
        /** Nothing is said. */
        public static final About NOTHING = new About(null, null, null);

        public About {
            ExperimentRules.description(description);
            ExperimentRules.config(config);
            ExperimentRules.notes(notes);
        }

        /** None of the texts. */
        @Override
        public String toString() {
            return "About";
        }
    }

    /** What an experiment belongs to: ids of the catalogue, and of another experiment; null for none. */
    public record Links(
            @Nullable UUID datasetId,
            @Nullable UUID modelVersionId,
            @Nullable UUID parentId) {
        /** Nothing. */
        public static final Links NONE = new Links(null, null, null);
    }
}
