module sample.modules {
    requires dev.evalstore;
    requires dev.evalstore.embedded;
    requires com.zaxxer.hikari;
    requires org.slf4j;
    requires org.tukaani.xz; // of the embedded server
    requires tools.jackson.databind;

    // The library reads the payloads and results of jobs by Jackson.
    opens sample to
            tools.jackson.databind;
}
