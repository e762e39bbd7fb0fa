/* formula.c - random formulas against the trees they were written from, the rules for what has no
 * value, bounds against samples, mistakes. */
#include "query/formula.h"
#include "../test.h"

#include "base/buf.h"

static const char *const NAMES[] = {"x", "y", "z_1.q:r"};
enum { NAMED = 3, NODES = 64 };

static bool parse(const char *text, enum pt_formula_kind kind, struct pt_formula **f)
{
    struct pt_err err = {0};
    if (CHECK_INT(pt_formula_parse_words(text, kind, "test", NAMES, NAMED, f, &err), 0))
        return true;
    printf("#   %s\n", err.what);
    return false;
}

/* --- random formulas ------------------------------------------------------------------------- */

/* Operators by how close they bind: or, and, not, comparisons, sums, products, sign, operands. */
enum level { OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, OPERAND };

struct node {
    enum level level;
    const char *sign;
    double number;
    int variable; /* -1: a number, or a function (sign) */
    struct node *left, *right;
};

struct tree {
    struct node v[NODES];
    size_t n;
    uint64_t *random;
};

static unsigned below(struct tree *t, unsigned n)
{
    return (unsigned)(test_random(t->random) % n);
}

static struct node *number(struct tree *t, int depth);

static struct node *leaf(struct tree *t, struct node *n)
{
    static const double PLAIN[] = {0, 1, 2, 0.5, 3, 10, 1e3, 0.25};
    n->level = OPERAND;
    n->variable = (int)below(t, NAMED + 1) - 1;
    if (n->variable < 0)
        n->number = PLAIN[below(t, sizeof PLAIN / sizeof PLAIN[0])];
    return n;
}

static struct node *function(struct tree *t, struct node *n, int depth)
{
    static const char *const ONE[] = {"abs",   "ceil",  "exp",   "floor",
                                      "log",   "log10", "round", "sqrt"};
    static const char *const TWO[] = {"min", "max"};
    bool two = below(t, 4) == 0;
    n->level = OPERAND;
    n->variable = -1;
    n->sign = two ? TWO[below(t, 2)] : ONE[below(t, 8)];
    n->left = number(t, depth - 1);
    n->right = two ? number(t, depth - 1) : NULL;
    return n;
}

static struct node *number(struct tree *t, int depth)
{
    static const char *const SUMS[] = {"+", "-"}, *const PRODUCTS[] = {"*", "/"};
    struct node *n = &t->v[t->n++];
    unsigned kind = depth ? below(t, 8) : 7;
    *n = (struct node){.variable = -1};
    if (kind > 5)
        return leaf(t, n);
    if (kind == 5)
        return function(t, n, depth);
    n->level = kind == 4 ? SIGN : kind > 1 ? PRODUCT : SUM;
    n->sign = kind == 4 ? "-" : n->level == SUM ? SUMS[below(t, 2)] : PRODUCTS[below(t, 2)];
    n->left = number(t, depth - 1);
    n->right = kind == 4 ? NULL : number(t, depth - 1);
    return n;
}

static struct node *condition(struct tree *t, int depth)
{
    static const char *const COMPARISONS[] = {"<", "<=", ">", ">=", "=", "==", "!="};
    struct node *n = &t->v[t->n++];
    unsigned kind = depth > 2 ? below(t, 6) : 5;
    *n = (struct node){.variable = -1};
    n->level = kind > 2 ? COMPARE : (enum level)kind;
    if (n->level == COMPARE) {
        n->sign = COMPARISONS[below(t, 7)];
        n->left = number(t, depth < 3 ? depth : 2);
        n->right = number(t, depth < 2 ? depth : 1);
        return n;
    }
    n->sign = n->level == OR ? "or" : n->level == AND ? "and" : "not";
    n->left = condition(t, depth - 1);
    n->right = n->level == NOT ? NULL : condition(t, depth - 1);
    return n;
}

static void write(struct tree *t, const struct node *n, enum level least, struct pt_buf *out)
{
    bool apart = n->level < least || below(t, 8) == 0;
    const char *space = n->level < SUM || below(t, 2) ? " " : "";
    if (n->level < COMPARE && least > n->level)
        apart = true;
    pt_buf_puts(out, apart ? "( " : "");
    if (n->level == OPERAND && n->variable >= 0) {
        pt_buf_puts(out, NAMES[n->variable]);
    } else if (n->level == OPERAND && !n->sign) {
        pt_buf_printf(out, "%g", n->number);
    } else if (n->level == OPERAND) {
        pt_buf_printf(out, "%s%s(", n->sign, space);
        write(t, n->left, SUM, out);
        if (n->right) {
            pt_buf_puts(out, ",");
            write(t, n->right, SUM, out);
        }
        pt_buf_puts(out, ")");
    } else if (!n->right) {
        pt_buf_printf(out, "%s%s", n->sign, space);
        write(t, n->left, n->level, out);
    } else {
        write(t, n->left, n->level == COMPARE ? SUM : n->level, out);
        pt_buf_printf(out, "%s%s%s", space, n->sign, space);
        write(t, n->right, n->level + 1, out);
    }
    pt_buf_puts(out, apart ? ")" : "");
}

static double function_of(const char *name, double a, double b)
{
    static const struct {
        const char *name;
        double (*is)(double);
    } ALL[] = {{"abs", fabs}, {"ceil", ceil},   {"exp", exp},     {"floor", floor},
               {"log", log},  {"log10", log10}, {"round", round}, {"sqrt", sqrt}};
    if (name[0] == 'm') /* of -0 and 0 the second */
        return isnan(a) || isnan(b) ? NAN : (name[1] == 'i' ? a < b : a > b) ? a : b;
    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++)
        if (strcmp(name, ALL[i].name) == 0)
            return ALL[i].is(a);
    return NAN;
}

static double compute(const struct node *n, const double *values)
{
    double a, b;
    if (n->level == OPERAND && !n->sign)
        return n->variable < 0 ? n->number : values[n->variable];
    a = compute(n->left, values);
    b = n->right ? compute(n->right, values) : 0;
    switch (n->level) {
    case OPERAND: return function_of(n->sign, a, b);
    case SIGN: return -a;
    case PRODUCT: return *n->sign == '*' ? a * b : a / b;
    case SUM: return *n->sign == '+' ? a + b : a - b;
    case NOT: return !(a > 0);
    case AND: return a > 0 && b > 0;
    case OR: return a > 0 || b > 0;
    case COMPARE: break;
    }
    switch (n->sign[0]) {
    case '<': return n->sign[1] ? a <= b : a < b;
    case '>': return n->sign[1] ? a >= b : a > b;
    case '=': return !isnan(a) && !isnan(b) && !(a < b) && !(a > b);
    default: return a < b || a > b;
    }
}

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a >= b && a <= b);
}

/* --- what is tested -------------------------------------------------------------------------- */

static double random_value(struct tree *t)
{
    static const double ODD[] = {0, -1, 1, NAN, INFINITY, -INFINITY, 1e308, -0.0};
    return below(t, 3) == 0 ? ODD[below(t, 8)] : (double)below(t, 2000) / 100 - 10;
}

static void random_numbers(void)
{
    uint64_t seed = 1;
    struct tree t = {.random = &seed};
    struct pt_buf text = {0};
    for (int i = 0; i < 20000; i++) {
        struct pt_formula *f;
        double values[NAMED], want;
        struct node *root;
        t.n = 0;
        root = number(&t, 4);
        pt_buf_clear(&text);
        write(&t, root, SUM, &text);
        for (int v = 0; v < NAMED; v++)
            values[v] = random_value(&t);
        want = compute(root, values);
        if (!parse(text.p, PT_FORMULA_NUMBER, &f))
            break;
        if (!CHECK(same(pt_formula_number(f, values), want)))
            printf("#   %s with %g %g %g, want %g\n", text.p, values[0], values[1], values[2],
                   want);
        pt_formula_free(f);
    }
    pt_buf_release(&text);
}

/* A value of [lo, hi], often an end. */
static double sample(struct tree *t, double lo, double hi)
{
    unsigned k = below(t, 6);
    double v = isinf(lo) || isinf(hi) ? (double)below(t, 100) : lo + (hi - lo) * k / 5;
    return k == 0 ? lo : k == 5 ? hi : v < lo ? lo : v > hi ? hi : v;
}

/* Truth at a point, and the bounds' word on an interval against truth at samples of it. */
static void check_condition(struct tree *t, const struct node *root, const struct pt_formula *f,
                            const char *text, size_t certain[3])
{
    double lo[NAMED], hi[NAMED], values[NAMED];
    enum pt_truth over;
    for (int v = 0; v < NAMED; v++) {
        do
            lo[v] = random_value(t);
        while (isnan(lo[v]));
        hi[v] = below(t, 3) ? lo[v] + below(t, 5) : lo[v];
    }
    over = pt_formula_over(f, lo, hi);
    certain[over]++;
    for (int k = 0; k < 12; k++) {
        bool want;
        for (int v = 0; v < NAMED; v++)
            values[v] = sample(t, lo[v], hi[v]);
        want = compute(root, values) > 0;
        if (!CHECK_INT(pt_formula_holds(f, values), want) ||
            !CHECK(over == PT_SOMETIMES || (over == PT_ALWAYS) == want))
            printf("#   %s with %g %g %g\n", text, values[0], values[1], values[2]);
    }
}

static void random_conditions(void)
{
    uint64_t seed = 2;
    struct tree t = {.random = &seed};
    struct pt_buf text = {0};
    size_t certain[3] = {0};
    for (int i = 0; i < 20000; i++) {
        struct pt_formula *f;
        struct node *root;
        t.n = 0;
        root = condition(&t, 4);
        pt_buf_clear(&text);
        write(&t, root, OR, &text);
        if (!parse(text.p, PT_FORMULA_CONDITION, &f))
            break;
        check_condition(&t, root, f, text.p, certain);
        pt_formula_free(f);
    }
    CHECK(certain[PT_NEVER] > 2000 && certain[PT_SOMETIMES] > 2000 && certain[PT_ALWAYS] > 2000);
    pt_buf_release(&text);
}

/* A column gets the verdicts that its values get one by one, whatever its length. */
static void columns(void)
{
    struct pt_formula *f;
    double x[300];
    bool holds[300];
    if (!parse("abs(x - 50) < 20 and not (x / 0 = 1) or x != x + 1 and x > 250",
               PT_FORMULA_CONDITION, &f))
        return;
    for (size_t i = 0; i < 300; i++)
        x[i] = i == 40 ? NAN : (double)i;
    for (size_t n = 0; n <= 300; n++) {
        bool good = true;
        memset(holds, 2, sizeof holds);
        pt_formula_holds_each(f, x, n, holds);
        for (size_t i = 0; i < n; i++)
            good &= holds[i] == (pt_formula_holds(f, &x[i]) != 0);
        CHECK(good);
    }
    CHECK(holds[31] && !holds[30] && !holds[40] && !holds[250] && holds[251]);
    pt_formula_free(f);
}

static double number_of(const char *text, double x, double y)
{
    double values[NAMED] = {x, y, 0}, v;
    struct pt_formula *f;
    if (!parse(text, PT_FORMULA_NUMBER, &f))
        return NAN;
    v = pt_formula_number(f, values);
    pt_formula_free(f);
    return v;
}

/* By hand, so that a mistake that the trees share is seen. */
static void numbers(void)
{
    CHECK_NEAR(number_of("2 + 3 * 4 - 10 / 4 / 5", 0, 0), 13.5, 0);
    CHECK_NEAR(number_of("(2+3)*4-(10/(4/5))", 0, 0), 7.5, 0);
    CHECK_NEAR(number_of("-2*-x--y", 3, 4), 10, 0);
    CHECK_NEAR(number_of("1.5e3 + .5 + 1e-1 + 007", 0, 0), 1507.6, 1e-12);
    CHECK_NEAR(number_of("round(2.5) + round(-2.5) * 10", 0, 0), -27, 0);
    CHECK_NEAR(number_of("min(3, x, y) + max(x, y) * 10 + floor(-0.5) + ceil(0.5)", 5, 4), 53, 0);
    CHECK_NEAR(number_of("log(exp(2)) + log10(1000) + sqrt(16) + abs(-1)", 0, 0), 10, 1e-15);
    CHECK(isinf(number_of("x / 0", 1, 0)) && number_of("x / 0", -1, 0) < 0);
    CHECK(isnan(number_of("0 / 0", 0, 0)) && isnan(number_of("sqrt(0 - 1)", 0, 0)));
    CHECK(isnan(number_of("min(x, y)", NAN, 1)) && isnan(number_of("max(y, x)", NAN, 1)));
    CHECK(isnan(number_of("x * 0", NAN, 0)) && isnan(number_of("1 / 0 - 1 / 0", 0, 0)));
}

static void sides(void)
{
    struct pt_formula *f;
    double values[NAMED] = {3, 4}, left, right;
    if (!parse("x * 2 - 1 >= y", PT_FORMULA_COMPARISON, &f))
        return;
    pt_formula_sides(f, values, &left, &right);
    CHECK_NEAR(left, 5, 0);
    CHECK_NEAR(right, 4, 0);
    CHECK(pt_formula_holds(f, values) && !pt_formula_left_constant(f));
    pt_formula_free(f);
    if (!parse("2 * (1 + 1) < y", PT_FORMULA_COMPARISON, &f))
        return;
    CHECK(!pt_formula_holds(f, values) && pt_formula_left_constant(f));
    pt_formula_free(f);
}

/* --- mistakes -------------------------------------------------------------------------------- */

static void refused(enum pt_formula_kind kind, const char *text, const char *want)
{
    struct pt_formula *f;
    struct pt_err err = {0};
    if (CHECK_INT(pt_formula_parse_words(text, kind, "test", NAMES, NAMED, &f, &err), -1))
        CHECK_STR(pt_str(err.what), want);
    else
        pt_formula_free(f);
    CHECK_INT(err.code, PT_USAGE);
}

static void mistakes(void)
{
    enum pt_formula_kind n = PT_FORMULA_NUMBER, c = PT_FORMULA_CONDITION;
    refused(n, "", "test: expected a number, '(' or a name at character 1 of: (nothing)");
    refused(n, "x +", "test: expected a number, '(' or a name at character 4 of: x +");
    refused(n, "x y", "test: expected an operator or the end at character 3 of: x y");
    refused(n, "(x", "test: expected an operator or ')' at character 3 of: (x");
    refused(n, "x > 1", "test: expected an operator or the end at character 3 of: x > 1");
    refused(n, "2x", "test: not a number at character 1 of: 2x");
    refused(n, "1e999", "test: not a number at character 1 of: 1e999");
    refused(n, "1.2.3", "test: not a number at character 1 of: 1.2.3");
    refused(n, "xx+1", "test: unknown name (did you mean x?) at character 1 of: xx+1");
    refused(n, "1 + latency", "test: unknown name (there are x, y, z_1.q:r) at character 5 of: "
                              "1 + latency");
    refused(n, "sin(x)", "test: unknown function; there are abs, ceil, exp, floor, log, log10, "
                         "max, min, round, sqrt at character 1 of: sin(x)");
    refused(n, "min(x)", "test: expected ',' and another number at character 6 of: min(x)");
    refused(n, "abs(x, y)", "test: expected an operator or ')' at character 6 of: abs(x, y)");
    refused(c, "x", "test: expected an operator or a comparison (> >= < <= == !=) at character 2 "
                    "of: x");
    refused(c, "x => 1", "test: expected an operator or a comparison (> >= < <= == !=) at "
                         "character 3 of: x => 1");
    refused(c, "x > 1 > 0", "test: expected and, or or the end at character 7 of: x > 1 > 0");
    refused(c, "x > 1 and y", "test: expected an operator or a comparison (> >= < <= == !=) at "
                              "character 12 of: x > 1 and y");
    refused(c, "(x > 1) + 1 > 1", "test: expected a number, not a condition at character 1 of: "
                                  "(x > 1) + 1 > 1");
    refused(c, "abs(x > 1) > 1", "test: expected an operator or ')' at character 7 of: "
                                 "abs(x > 1) > 1");
    refused(c, "-(x > 1) > 1", "test: expected a number, not a condition at character 2 of: "
                               "-(x > 1) > 1");
    refused(c, "not x and y > 1", "test: expected an operator or a comparison (> >= < <= == !=) "
                                  "at character 7 of: not x and y > 1");
}

static void fill(char *text, size_t n, const char *piece)
{
    size_t len = strlen(piece);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, piece, len + 1);
}

/* Depth and length are bounded, and what is within the bounds is read. */
static void bounds(void)
{
    static const char *const PIECES[] = {"(", "-", "not ", "abs(", "min(x,"};
    char text[PT_FORMULA_STEPS * 8];
    struct pt_formula *f;
    struct pt_err err;
    for (size_t i = 0; i < sizeof PIECES / sizeof PIECES[0]; i++) {
        err = (struct pt_err){0};
        fill(text, PT_FORMULA_STEPS, PIECES[i]);
        CHECK_INT(pt_formula_parse_words(text, PT_FORMULA_CONDITION, "test", NAMES, NAMED, &f,
                                         &err),
                  -1);
        CHECK(strstr(err.what, "nested too deeply") != NULL);
    }
    fill(text, PT_FORMULA_STEPS / 2, "1+");
    memcpy(text + strlen(text) - 1, "", 1);
    CHECK_NEAR(number_of(text, 0, 0), PT_FORMULA_STEPS / 2, 0);
    fill(text, PT_FORMULA_STEPS / 2, "1+");
    fill(text + strlen(text), 1, "1");
    err = (struct pt_err){0};
    CHECK_INT(pt_formula_parse_words(text, PT_FORMULA_NUMBER, "test", NAMES, NAMED, &f, &err), -1);
    CHECK(strstr(err.what, "too long") != NULL);
}

TEST_MAIN({"random numbers", random_numbers}, {"random conditions", random_conditions},
          {"columns", columns}, {"numbers by hand", numbers}, {"sides", sides},
          {"mistakes", mistakes}, {"bounds", bounds})
