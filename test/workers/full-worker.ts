import { createServer } from '../../src/server.ts'
import { load } from '../config/environment.ts'

// A worker that has room for one connection.
const server = createServer(load(), (_request, response) => response.end())
server.maxConnections = 1
server.listen(Number(process.argv[2]), '127.0.0.1')
