/* trust.c - see trust.h. */
#include "store/trust.h"

#include "base/mem.h"

#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int pt_trust_link(const char *path, struct pt_err *err)
{
    struct stat link, target;
    if (lstat(path, &link) != 0 || !S_ISLNK(link.st_mode) || link.st_uid == 0 ||
        link.st_uid == geteuid() || (stat(path, &target) == 0 && link.st_uid == target.st_uid))
        return 0;
    return pt_err_set(err, PT_SYSTEM,
                      "\"%s\" is a link that another user made (uid %u) to a file that is not "
                      "theirs; name the file itself", path, (unsigned)link.st_uid);
}

/* In a directory with the sticky bit users can only rename and remove what is theirs. */
bool pt_trust_exposed(const char *path, char **what)
{
    char *real = realpath(path, NULL);
    struct stat st;
    *what = NULL;
    if (!real)
        return false;
    if (stat(real, &st) == 0 && (st.st_mode & S_IWOTH)) {
        *what = real;
        return true;
    }
    *what = pt_mem_strdup(dirname(real));
    free(real);
    if (stat(*what, &st) == 0 && (st.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH)
        return true;
    free(*what);
    *what = NULL;
    return false;
}
