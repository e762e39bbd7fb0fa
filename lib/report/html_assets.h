/* html_assets.h - the style sheet and the script of a report page.
 *
 * The script's SHA-256 stands in the page's Content-Security-Policy, so a page runs this script or
 * none; whoever changes the script changes the digest (the tests say what it must be). */
#ifndef PT_REPORT_HTML_ASSETS_H
#define PT_REPORT_HTML_ASSETS_H

extern const char pt_html_style[];
extern const char pt_html_script[];
extern const char pt_html_script_digest[]; /* base64 */

#endif
