// Runs SQL statements in DuckDB: node duck.js DATABASE STATEMENT...
// Without statements they are read from standard input, one a line; the answer to each is a line
// of JSON, [milliseconds, rows], so that neither node's start nor opening the database counts.
// That is for reading alone: several may do so at once.
// For machines that have DuckDB from npm; BENCH_PEERS is the directory of its node_modules.
const {DuckDBInstance} = require(process.env.BENCH_PEERS + '/@duckdb/node-api');
const plain = (_, value) => typeof value === 'bigint' ? value.toString() : value;

async function ask(connection, statement) {
    const begun = process.hrtime.bigint();
    const answer = await connection.runAndReadAll(statement);
    const taken = Number(process.hrtime.bigint() - begun) / 1e6;
    console.log(JSON.stringify([taken, answer.getRows()], plain));
}

async function main([database, ...statements]) {
    const mode = statements.length ? 'AUTOMATIC' : 'READ_ONLY';
    const instance = await DuckDBInstance.create(database, {access_mode: mode});
    const connection = await instance.connect();
    for (const statement of statements)
        for (const row of (await connection.runAndReadAll(statement)).getRows())
            console.log(row.join('|'));
    if (statements.length === 0)
        for await (const statement of require('readline').createInterface({input: process.stdin}))
            await ask(connection, statement);
    connection.closeSync();
    instance.closeSync();
}

main(process.argv.slice(2)).catch(error => {
    console.error(String(error));
    process.exit(1);
});
