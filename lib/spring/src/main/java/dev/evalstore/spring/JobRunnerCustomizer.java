package dev.evalstore.spring;

import dev.evalstore.job.JobRunner;

/** Sets what no property sets, such as notifications. Beans of this type are called in their order. */
@FunctionalInterface
public interface JobRunnerCustomizer {
    /** Changes the runner's description, after properties and handlers, each time before it starts. */
    void customize(JobRunner.Builder runner);
}
