/* page.h - the style sheet and the script of a report page: page.css and page.js as the build
 * embeds them.
 *
 * The script's SHA-256 stands in the page's Content-Security-Policy, so a page runs this script or
 * none. */
#ifndef PT_REPORT_PAGE_H
#define PT_REPORT_PAGE_H

extern const char pt_page_style[];
extern const char pt_page_script[];
extern const char pt_page_digest[]; /* of the script, base64 */

#endif
