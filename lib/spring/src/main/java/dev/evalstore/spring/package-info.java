/**
 * The store in a Spring Boot service: on its data source, in its transactions, with its handlers as beans. One jar for
 * Boot 3.5 and Boot 4.
 */
@NullMarked
package dev.evalstore.spring;

import org.jspecify.annotations.NullMarked;
