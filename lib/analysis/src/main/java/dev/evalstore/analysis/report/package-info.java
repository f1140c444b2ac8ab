/**
 * Reports: what was found, as one HTML file or one PDF that can be mailed. {@link dev.evalstore.analysis.report.Report} makes
 * them; {@link dev.evalstore.analysis.report.Document} is what both are written from, and
 * {@link dev.evalstore.analysis.report.Charts} draws the pictures.
 */
@NullMarked
package dev.evalstore.analysis.report;

import org.jspecify.annotations.NullMarked;
