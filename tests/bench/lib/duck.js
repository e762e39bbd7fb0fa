// Runs SQL statements in DuckDB: node duck.js DATABASE STATEMENT...
// For machines that have DuckDB from npm; BENCH_PEERS is the directory of its node_modules.
const {DuckDBInstance} = require(process.env.BENCH_PEERS + '/@duckdb/node-api');

async function main([database, ...statements]) {
    const instance = await DuckDBInstance.create(database);
    const connection = await instance.connect();
    for (const statement of statements)
        for (const row of (await connection.runAndReadAll(statement)).getRows())
            console.log(row.join('|'));
    connection.closeSync();
    instance.closeSync();
}

main(process.argv.slice(2)).catch(error => {
    console.error(String(error));
    process.exit(1);
});
